import type { Command } from 'commander';
import { positionOf, seekPlan } from '../../pipeline/control-consumption.ts';
import type { Consumption } from '../../pipeline/ports.ts';
import { momentOf } from '../options/moment-option.ts';
import { offsetOf, type ConsumptionEnvironment } from './control-environment.ts';
import {
  addNewGroup,
  addPartitions,
  orderPartitions,
  type Ordered,
  type OrderOptions,
  type PlanOf,
} from './order-partitions.ts';

interface SeekOptions extends OrderOptions {
  readonly toOffset?: bigint;
  readonly toTime?: number;
  readonly toStart?: true;
  readonly toEnd?: true;
  readonly note: string;
}

const READ_AGAIN = [
  'Records that are read again make the same documents (by id), and their candidates are sent again under the same ids.',
  'Those that fail again are written to the dead letters once more: `driftline dead-letters` takes the letters of one record as one.',
];

/** `driftline consumption seek`: exit code 0, 1 where a partition was refused, 2 on an error. */
export const registerSeek = (parent: Command, environment: ConsumptionEnvironment): void => {
  addNewGroup(
    addPartitions(
      parent
        .command('seek')
        .description(
          'go on elsewhere; what is passed over is declared in the topic of dead letters',
        ),
    ),
  )
    .option('--to-offset <offset>', 'this offset, of one --partition', offsetOf)
    .option(
      '--to-time <time>',
      'the first record that is not older: RFC 3339, a day, or how long ago (24h)',
      momentOf(environment.clock),
    )
    .option('--to-start', 'the first record that the partition holds')
    .option('--to-end', 'what comes from now on')
    .option('--note <text>', 'why, to be kept with what is passed over', '')
    .option('--dry-run', 'only tell what it would do')
    .action(async (options: SeekOptions) => {
      const problem = seekProblem(options);
      if (problem !== undefined) {
        environment.stderr.write(`driftline: ${problem}\n`);
        environment.setExitCode(2);
        return;
      }
      await seek(options, environment);
    });
};

const seekProblem = ({
  partition,
  toOffset,
  toTime,
  toStart,
  toEnd,
}: SeekOptions): string | undefined => {
  const targets = [toOffset, toTime, toStart, toEnd].filter((target) => target !== undefined);
  if (targets.length !== 1) return 'give one of --to-offset, --to-time, --to-start and --to-end';
  return toOffset !== undefined && partition?.length !== 1
    ? 'an offset is of one partition: give one --partition'
    : undefined;
};

const seek = async (options: SeekOptions, environment: ConsumptionEnvironment): Promise<void> => {
  const { toOffset, toTime, toStart, note, dryRun = false } = options;
  const plansOf = async (consumption: Consumption): Promise<PlanOf> => {
    const atTime = toTime === undefined ? undefined : await consumption.offsetsAt(toTime);
    return (partition) => (status) => {
      const edge = toStart === true ? status.low : status.high;
      const target = toOffset ?? atTime?.get(partition) ?? edge;
      return seekPlan(target, note, consumption)(status);
    };
  };
  const { stdout, stderr } = environment;
  const done = await orderPartitions(
    options,
    plansOf,
    (ordered, { deadLetters }) => movedText(ordered, dryRun, deadLetters),
    environment,
  );
  if (toTime !== undefined) {
    const warnings = passedOver(done, toTime, environment.clock());
    for (const text of warnings) stderr.write(`driftline: warning: ${text}\n`);
  }
  if (done.some((ordered) => distance(ordered) < 0n))
    for (const line of READ_AGAIN) stdout.write(`${line}\n`);
};

/** How far the order goes on; less than zero: back. What retention has taken is neither passed over nor read again. */
const distance = ({ status, order }: Ordered): bigint => {
  const from = positionOf(status);
  return order.offset - (from < status.low ? status.low : from);
};

const records = (count: bigint): string => (count === 1n ? '1 record' : `${count} records`);

const movedText = (ordered: Ordered, dryRun: boolean, deadLetters: string): string => {
  const from = positionOf(ordered.status);
  const to = ordered.order.offset;
  if (from === to) return `${dryRun ? 'would stay' : 'stays'} at ${from}`;
  const far = distance(ordered);
  const becomes =
    far < 0n
      ? `${records(-far)} to be read again`
      : `${records(far)} passed over, declared in ${deadLetters}`;
  return `${dryRun ? 'would move' : 'moved'} from ${from} to ${to}: ${becomes}`;
};

/** Where a time is behind the last record, so that all that waits is passed over. */
const passedOver = (done: readonly Ordered[], time: number, now: number): readonly string[] => {
  const when = `${new Date(time).toISOString()}${time > now ? ', which lies in the future' : ''}`;
  const emptied = done.filter(
    (ordered) => ordered.order.offset === ordered.status.high && distance(ordered) > 0n,
  );
  if (emptied.length === 0)
    return time > now
      ? [`no record is as young as ${when}: the end of each partition is taken`]
      : [];
  return emptied.map(({ status }) => {
    const back = `driftline consumption seek --partition ${status.partition} --to-offset ${positionOf(status)}`;
    return `partition ${status.partition}: no record is as young as ${when}: everything that waits is passed over; back: ${back}`;
  });
};
