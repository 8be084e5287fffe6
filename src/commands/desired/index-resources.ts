import type { Command } from 'commander';
import { isConfigurationFault } from '../../config/config-error.ts';

export interface DesiredIndexEnvironment {
  readonly setExitCode: (code: number) => void;
  readonly report: (error: unknown) => void;
  /** Resolves after an orderly end; throws what ended the service. */
  readonly index: () => Promise<void>;
}

/** `driftline desired index`: exit code 0 after SIGTERM or SIGINT, 1 where it cannot go on, 2 on bad configuration. */
export const registerDesiredIndex = (
  parent: Command,
  { index, report, setExitCode }: DesiredIndexEnvironment,
): void => {
  parent
    .command('index')
    .description(
      'keep the search index of desired resources as the topic has it, until asked to stop',
    )
    .action(async () => {
      try {
        await index();
      } catch (error) {
        report(error);
        setExitCode(isConfigurationFault(error) ? 2 : 1);
      }
    });
};
