import { parseYamlDocuments } from '../codec/yaml-documents.ts';
import type { DesiredState, StateContext, StateFormat } from '../core/desired/desired-state.ts';
import { hasDroppedSecrets } from '../core/desired/dropped-secrets.ts';
import type { StateFailure } from '../core/desired/state-failure.ts';
import { createStateReader, type SourcedResult } from '../core/desired/state-reader.ts';
import type { StateFileFailure, StateSource } from './ports.ts';

/** What a person says of the states that a command names. */
export type StateLabels = Pick<
  StateContext,
  'environment' | 'repository' | 'owner' | 'commit' | 'unit' | 'namespace' | 'cluster' | 'stack'
>;

export interface StatesRequest extends StateLabels {
  /** Files, folders, globs, or `-`. */
  readonly paths: readonly string[];
}

/** A state that was read, with the file it came from; of a state made of several files, the first. */
export interface ReadState {
  readonly source: string;
  readonly state: DesiredState;
}

interface FormattedState extends ReadState {
  readonly format: StateFormat;
}

/** What a person should know of a state that was read. */
export interface StateWarning {
  readonly source: string;
  readonly message: string;
}

export interface DesiredStatesRead {
  readonly states: readonly FormattedState[];
  /** Each file that could not be read. With any of them the states are not all that code says. */
  readonly failures: readonly (StateFailure | StateFileFailure)[];
  readonly warnings: readonly StateWarning[];
  /** No key was configured, and secrets were found: nothing can tell later whether they have changed. */
  readonly secretsDropped: boolean;
  /** Files that are a state only together with others, such as manifests. */
  readonly joint: readonly string[];
  /** How many files of a folder turned out to be none of the formats. */
  readonly passedOver: number;
}

/** Reads the states of all files of a source, whatever their format. */
export const readDesiredStates = async (
  source: StateSource,
  context: Omit<StateContext, 'source'>,
  signal: AbortSignal,
): Promise<DesiredStatesRead> => {
  const states: FormattedState[] = [];
  const failures: (StateFailure | StateFileFailure)[] = [];
  const warnings: StateWarning[] = [];
  const joint: string[] = [];
  let passedOver = 0;
  const reader = createStateReader(context, parseYamlDocuments);
  const take = (results: readonly SourcedResult[]): void => {
    for (const result of results) {
      if (!result.ok) {
        failures.push(result.failure);
        continue;
      }
      const { source: from, format, state } = result;
      states.push({ source: from, format, state });
      warnings.push(...result.warnings.map((message) => ({ source: from, message })));
    }
  };
  for await (const file of source.files(signal)) {
    if (!file.ok) {
      failures.push(file);
      continue;
    }
    const results = reader.read(file.source, file.content);
    if (results.length === 0) joint.push(file.source);
    if (file.guessed === true && results.every(isNoState)) passedOver += results.length;
    else take(results);
  }
  take(reader.end());
  const secretsDropped =
    context.secretHash === undefined &&
    states.some(({ state }) => hasDroppedSecrets(state.resources));
  return { states, failures, warnings, secretsDropped, joint, passedOver };
};

const isNoState = (result: SourcedResult): boolean =>
  !result.ok && result.failure.reason === 'not_a_state';
