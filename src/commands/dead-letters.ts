import type { Command } from 'commander';
import type { DeadLettersEnvironment } from './dead-letters/dead-letters-environment.ts';
import { registerDeadLettersHandling } from './dead-letters/handle.ts';
import { registerDeadLettersList } from './dead-letters/list.ts';
import { registerDeadLettersShow } from './dead-letters/show.ts';

export type { DeadLettersEnvironment } from './dead-letters/dead-letters-environment.ts';

/** `driftline dead-letters …`: the records that could not be processed. */
export const registerDeadLetters = (
  program: Command,
  environment: DeadLettersEnvironment,
): void => {
  const deadLetters = program
    .command('dead-letters')
    .description('look at the records that could not be processed, and replay or discard them');
  registerDeadLettersList(deadLetters, environment);
  registerDeadLettersShow(deadLetters, environment);
  registerDeadLettersHandling(deadLetters, 'replayed', environment);
  registerDeadLettersHandling(deadLetters, 'discarded', environment);
};
