import { Option, type Command } from 'commander';
import { publishDifferences } from '../../core/desired/publish-differences.ts';
import type { HeldResources } from '../../core/desired/publish-plan.ts';
import { keptForDiff, prepareStates } from '../../pipeline/prepare-states.ts';
import { planDesiredStates, type PlannedState } from '../../pipeline/publish-desired-states.ts';
import { publishedElsewhere } from '../../pipeline/published-elsewhere.ts';
import { printLines } from '../output/print-lines.ts';
import type { Terminal } from '../output/terminal.ts';
import { addLabelOptions, labelledRequest, type LabelOptions } from './label-options.ts';
import { STATES_HELP } from './format-options.ts';
import { differenceLines } from './difference-lines.ts';
import type { OpenTopic } from './open-topic.ts';
import { reportElsewhere, reportFailures, reportWarnings, type ReadStates } from './read-states.ts';

export interface DesiredDiffEnvironment extends Terminal {
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  readonly readStates: ReadStates;
  readonly openTopic: OpenTopic;
}

const FORMATS = ['table', 'json', 'ndjson'] as const;

interface Options extends LabelOptions {
  readonly force: boolean;
  readonly format: (typeof FORMATS)[number];
}

/** `driftline desired diff`: what a publish would do. Exit code 0 for nothing, 1 for differences, 2 on an error. */
export const registerDesiredDiff = (parent: Command, environment: DesiredDiffEnvironment): void => {
  const command = parent
    .command('diff')
    .description('show what a publish would add, change and remove, and write nothing')
    .argument('<state...>', STATES_HELP);
  addLabelOptions(command)
    .option('--force', 'as a publish with --force: an older serial, another lineage', false)
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .action(async (paths: readonly string[], options: Options) => {
      environment.setExitCode(await diff(paths, options, environment));
    });
};

const diff = async (
  paths: readonly string[],
  options: Options,
  { stdout, stderr, signal, readStates, openTopic }: DesiredDiffEnvironment,
): Promise<0 | 1 | 2> => {
  const { states, failures, warnings } = await readStates(labelledRequest(paths, options));
  reportWarnings(warnings, stderr);
  if (failures.length > 0) {
    reportFailures(failures, stderr);
    return 2;
  }
  const prepared = await prepareStates(states, signal);
  const topic = await openTopic(signal, keptForDiff(options.env, prepared));
  try {
    const plans = planDesiredStates(prepared, topic.held, options.force);
    if (!plans.ok) {
      reportFailures(plans.refusals, stderr);
      return 2;
    }
    reportElsewhere(publishedElsewhere(prepared, topic.held), stderr);
    await printLines(linesOf(plans.planned, topic.held, options.format), stdout);
    return plans.planned.some(({ plan }) => isDifferent(plan)) ? 1 : 0;
  } finally {
    await topic.close();
  }
};

const isDifferent = ({ counts }: PlannedState['plan']): boolean =>
  counts.added + counts.changed + counts.removed > 0;

function* linesOf(
  planned: readonly PlannedState[],
  held: HeldResources,
  format: Options['format'],
): Generator<string> {
  if (format === 'json') {
    const scopes = planned.map((each) => ({
      ...headOf(each),
      ...each.plan.counts,
      differences: [...publishDifferences(each.plan, held)],
    }));
    yield JSON.stringify({ scopes }, undefined, 2);
    return;
  }
  for (const each of planned) {
    if (format === 'table') yield titleOf(each);
    for (const difference of publishDifferences(each.plan, held)) {
      if (format === 'ndjson') yield JSON.stringify({ ...headOf(each), ...difference });
      else yield* differenceLines(difference);
    }
  }
}

const headOf = ({
  source,
  state,
}: PlannedState): { readonly scope: string; readonly source: string; readonly serial: number } => ({
  scope: state.scope,
  source,
  serial: state.serial,
});

const titleOf = ({ state, plan: { counts, serialOnly } }: PlannedState): string => {
  const { added, changed, removed, unchanged } = counts;
  const only = serialOnly ? ' (a publish records the serial alone)' : '';
  return `${state.scope} serial ${state.serial}: ${added} to add, ${changed} to change, ${removed} to remove, ${unchanged} unchanged${only}`;
};
