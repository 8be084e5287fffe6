import type { StateFailure } from '../core/desired/state-failure.ts';
import {
  readTerraformState,
  type DesiredState,
  type StateContext,
} from '../core/desired/terraform-state.ts';
import type { StateFileFailure, StateSource } from './ports.ts';

/** A state that was read, with the file it came from. */
export interface ReadState {
  readonly source: string;
  readonly state: DesiredState;
}

export interface DesiredStatesRead {
  readonly states: readonly ReadState[];
  /** Each file that could not be read. With any of them the states are not all that code says. */
  readonly failures: readonly (StateFailure | StateFileFailure)[];
}

/** Reads the states of all files of a source. */
export const readDesiredStates = async (
  source: StateSource,
  context: Omit<StateContext, 'source'>,
  signal: AbortSignal,
): Promise<DesiredStatesRead> => {
  const states: ReadState[] = [];
  const failures: (StateFailure | StateFileFailure)[] = [];
  for await (const file of source.files(signal)) {
    if (!file.ok) {
      failures.push(file);
      continue;
    }
    const result = readTerraformState(file.content, { ...context, source: file.source });
    if (result.ok) states.push({ source: file.source, state: result.state });
    else failures.push(result.failure);
  }
  return { states, failures };
};
