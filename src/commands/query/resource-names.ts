import {
  namesBody,
  namesCut,
  namesOf,
  possibleNames,
  resourceKeys,
  typesBody,
} from '../../questions/resource-history.ts';
import type { Search } from '../../questions/search.ts';

const NAMING = ['driftCandidates', 'desiredState'] as const;

export interface ResourceNames {
  readonly names: readonly string[];
  readonly keys: readonly string[];
  /** They have more names than these. */
  readonly cut: boolean;
}

/** Every name that the resources have which this one denotes, and their keys. */
export const resourceNames = async ({ ifThere }: Search, name: string): Promise<ResourceNames> => {
  const types = await Promise.all(NAMING.map((index) => ifThere(index, typesBody(index))));
  const possible = possibleNames(
    name,
    types.flatMap((answer) => answer ?? []),
  );
  const answers = await Promise.all(
    NAMING.map((index) => ifThere(index, namesBody(index, possible))),
  );
  const found = answers.flatMap((answer) => answer ?? []);
  return {
    names: [...new Set([...possible, ...found.flatMap(namesOf)])],
    keys: [...new Set(found.flatMap(resourceKeys))],
    cut: found.some(namesCut),
  };
};
