import type { Command } from 'commander';
import type { HeldResource, HeldResources } from '../../core/desired/publish-plan.ts';
import { stateWithoutResources } from '../../pipeline/prepare-states.ts';
import { publishDesiredStates } from '../../pipeline/publish-desired-states.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Terminal } from '../output/terminal.ts';
import type { OpenTopic } from './open-topic.ts';
import { reportFailures } from './read-states.ts';

export interface DesiredWithdrawEnvironment extends Terminal {
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  readonly openTopic: OpenTopic;
}

/** `driftline desired withdraw`: exit code 0, or 2 on an error: the topic holds nothing of a scope. */
export const registerDesiredWithdraw = (
  parent: Command,
  environment: DesiredWithdrawEnvironment,
): void => {
  parent
    .command('withdraw')
    .description(
      'take published states back, all resources of each, as where the environment was wrong',
    )
    .argument(
      '<scope...>',
      'what was published: <environment>/<lineage>, as `publish` and `stats` print it',
    )
    .option('--dry-run', 'say what would be taken back, and write nothing', false)
    .action(async (scopes: readonly string[], options: { readonly dryRun: boolean }) => {
      environment.setExitCode(await withdraw([...new Set(scopes)], options.dryRun, environment));
    });
};

/** A value that cannot be decoded tells its scope by its key alone. */
const isHeld = (scope: string, held: HeldResources): boolean =>
  [...held].some(([key, resource]) =>
    resource === undefined ? key.startsWith(`${scope}/`) : resource.scope === scope,
  );

const withdraw = async (
  scopes: readonly string[],
  dryRun: boolean,
  { stdout, stderr, signal, openTopic }: DesiredWithdrawEnvironment,
): Promise<0 | 2> => {
  const topic = await openTopic(signal, ({ scope, serial }): HeldResource => ({
    scope,
    serial: serial ?? -1,
    content: '',
  }));
  try {
    const unknown = scopes.filter((scope) => !isHeld(scope, topic.held));
    if (unknown.length > 0) {
      stderr.write(
        `driftline: the topic holds nothing of ${terminalText(unknown.join(', '))}; \`driftline desired stats\` lists the scopes; nothing was withdrawn\n`,
      );
      return 2;
    }
    const states = scopes.map((scope) => ({ source: scope, state: stateWithoutResources(scope) }));
    const result = await publishDesiredStates(states, topic, { force: false, dryRun }, signal);
    if (!result.ok) {
      reportFailures(result.refusals, stderr);
      return 2;
    }
    for (const { scope, removed } of result.published) {
      const would = dryRun ? ' (dry run, nothing written)' : '';
      stdout.write(`${terminalText(scope)}: ${removed} removed${would}\n`);
    }
    return 0;
  } finally {
    await topic.close();
  }
};
