import type { Attack } from '../core/model/drift-candidate.ts';

const MAX_ATTACKS = 20;

const keyOf = ({ technique, sub_technique }: Attack): string => (sub_technique ?? technique).uid;

/** Techniques under the names of OCSF (`attacks`), each once, at most 20; undefined where there are none. */
export const attackFields = (attacks: readonly Attack[]): readonly Attack[] | undefined => {
  if (attacks.length === 0) return undefined;
  const unique = new Map(attacks.map((attack) => [keyOf(attack), attack]));
  return [...unique.values()].slice(0, MAX_ATTACKS);
};
