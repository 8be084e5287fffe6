import type { Command } from 'commander';
import { registerIgnoreTest, type IgnoreTestEnvironment } from './ignore/try-rules.ts';

/** `driftline ignore`: what has to do with rules for acts that are no drift. */
export const registerIgnore = (program: Command, environment: IgnoreTestEnvironment): void => {
  registerIgnoreTest(
    program.command('ignore').description('work with rules for acts that are no drift'),
    environment,
  );
};
