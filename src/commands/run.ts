import type { Command } from 'commander';
import { isConfigurationFault } from '../config/config-error.ts';
import type { Config } from '../config/schema.ts';

export interface RunEnvironment {
  /** Reads the configuration for the options of the command. */
  readonly config: () => Config;
  /** Aborted by SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  readonly setExitCode: (code: number) => void;
  readonly report: (error: unknown) => void;
  /** Resolves after an orderly end; throws what ended the service. */
  readonly run: (config: Config, stop: AbortSignal) => Promise<void>;
}

/** `driftline run`: exit code 0 after SIGTERM or SIGINT, 1 where the service cannot go on, 2 on bad configuration or a bad file that it names. */
export const registerRun = (program: Command, environment: RunEnvironment): void => {
  program
    .command('run')
    .description('consume audit events, find drift, index and publish, until asked to stop')
    .action(async () => {
      const config = environment.config();
      try {
        await environment.run(config, environment.signal);
      } catch (error) {
        environment.report(error);
        environment.setExitCode(isConfigurationFault(error) ? 2 : 1);
      }
    });
};
