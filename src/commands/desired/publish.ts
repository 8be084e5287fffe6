import type { Command } from 'commander';
import {
  publishDesiredStates,
  type PublishOptions,
} from '../../pipeline/publish-desired-states.ts';
import { keptForPublish, prepareStates, scopesOf } from '../../pipeline/prepare-states.ts';
import { publishedElsewhere } from '../../pipeline/published-elsewhere.ts';
import type { Terminal } from '../output/terminal.ts';
import { STATES_HELP } from './format-options.ts';
import { addLabelOptions, labelledRequest, type LabelOptions } from './label-options.ts';
import type { OpenTopic } from './open-topic.ts';
import { reportElsewhere, reportFailures, reportWarnings, type ReadStates } from './read-states.ts';

export interface DesiredPublishEnvironment extends Terminal {
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  readonly readStates: ReadStates;
  readonly openTopic: OpenTopic;
}

interface Options extends LabelOptions {
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** `driftline desired publish`: exit code 0, or 2 on an error, and then nothing of a refused state is published. */
export const registerDesiredPublish = (
  parent: Command,
  environment: DesiredPublishEnvironment,
): void => {
  const command = parent
    .command('publish')
    .description('publish states to the topic of desired resources: what differs, and what left')
    .argument('<state...>', STATES_HELP);
  addLabelOptions(command)
    .option(
      '--force',
      'publish an older serial, or take resources over from another lineage',
      false,
    )
    .option('--dry-run', 'say what would be published, and write nothing', false)
    .action(async (paths: readonly string[], options: Options) => {
      environment.setExitCode(await publish(paths, options, environment));
    });
};

const NO_HASH_KEY =
  'secrets were dropped, so a change of one is not seen: set DRIFTLINE_DESIRED_HASH_KEY (desired.hashKey) here and where the service runs, at least 16 bytes';

const publish = async (
  paths: readonly string[],
  options: Options,
  environment: DesiredPublishEnvironment,
): Promise<0 | 2> => {
  const { stdout, stderr, signal } = environment;
  const { states, failures, warnings, secretsDropped } = await environment.readStates(
    labelledRequest(paths, options),
  );
  reportWarnings(warnings, stderr);
  if (failures.length > 0) {
    reportFailures(failures, stderr);
    stderr.write('driftline: nothing was published\n');
    return 2;
  }
  if (secretsDropped) stderr.write(`driftline: warning: ${NO_HASH_KEY}\n`);
  const prepared = await prepareStates(states, signal);
  const keep = keptForPublish(options.env, scopesOf(prepared));
  const topic = await environment.openTopic(signal, keep);
  try {
    reportElsewhere(publishedElsewhere(prepared, topic.held), stderr);
    const publishOptions: PublishOptions = { force: options.force, dryRun: options.dryRun };
    const result = await publishDesiredStates(prepared, topic, publishOptions, signal);
    if (!result.ok) {
      reportFailures(result.refusals, stderr);
      return 2;
    }
    for (const { scope, serial, added, changed, removed, unchanged } of result.published) {
      const would = options.dryRun ? ' (dry run, nothing written)' : '';
      stdout.write(
        `${scope} serial ${serial}: ${added} added, ${changed} changed, ${removed} removed, ${unchanged} unchanged${would}\n`,
      );
    }
    return 0;
  } finally {
    await topic.close();
  }
};
