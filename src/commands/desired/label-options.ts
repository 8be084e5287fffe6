import type { Command } from 'commander';
import { addFormatOptions, formatLabels, type FormatOptions } from './format-options.ts';
import { parseEnvironmentName, type ReadStates } from './read-states.ts';

/** What the command line says of the states that it names. */
export interface LabelOptions extends FormatOptions {
  readonly env: string;
  readonly repo?: string;
  readonly owner?: string;
  readonly commit?: string;
}

export const addLabelOptions = (command: Command): Command =>
  addFormatOptions(command)
    .requiredOption('--env <name>', 'environment of the states, such as prod', parseEnvironmentName)
    .option('--repo <name>', 'repository of the code')
    .option('--owner <name>', 'team that owns the code')
    .option('--commit <id>', 'commit that was applied');

export const labelledRequest = (
  paths: readonly string[],
  { env, repo, owner, commit, ...format }: LabelOptions,
): Parameters<ReadStates>[0] => ({
  paths,
  environment: env,
  ...(repo === undefined ? {} : { repository: repo }),
  ...(owner === undefined ? {} : { owner }),
  ...(commit === undefined ? {} : { commit }),
  ...formatLabels(format),
});
