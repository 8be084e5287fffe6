import { InvalidArgumentError } from 'commander';
import type { Writable } from 'node:stream';
import { describeStateFailure } from '../../core/desired/state-failure.ts';
import type {
  DesiredStatesRead,
  StatesRequest,
  StateWarning,
} from '../../pipeline/read-desired-states.ts';
import type { PublishedElsewhere } from '../../pipeline/published-elsewhere.ts';
import { terminalText } from '../output/terminal-text.ts';

/** Reads the states that a command names, with the tables and the hash key of the configuration. */
export type ReadStates = (request: StatesRequest) => Promise<DesiredStatesRead>;

/** One line for each failure. */
export const reportFailures = (
  failures: readonly Parameters<typeof describeStateFailure>[0][],
  stderr: Writable,
): void => {
  for (const failure of failures) {
    stderr.write(`driftline: ${terminalText(describeStateFailure(failure))}\n`);
  }
};

/** One line for each warning; what it is about was read. */
export const reportWarnings = (warnings: readonly StateWarning[], stderr: Writable): void => {
  for (const { source, message } of warnings) {
    stderr.write(`driftline: warning: ${terminalText(`${source}: ${message}`)}\n`);
  }
};

/** One line for each scope of another environment that the topic holds of a state. */
export const reportElsewhere = (
  elsewhere: readonly PublishedElsewhere[],
  stderr: Writable,
): void => {
  for (const { source, scope, resources } of elsewhere) {
    const what = `${source}: ${resources === 1 ? '1 resource is' : `${resources} resources are`} published as ${scope}, too, of another environment`;
    stderr.write(
      `driftline: warning: ${terminalText(what)}; where that was a mistake: driftline desired withdraw ${terminalText(scope)}\n`,
    );
  }
};

/** The scope is `<environment>/<lineage>`, so the name must hold no slash. */
export const parseEnvironmentName = (text: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)) {
    throw new InvalidArgumentError(
      'It takes letters, digits, dot, dash and underscore, at most 100.',
    );
  }
  return text;
};
