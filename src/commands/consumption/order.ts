import type { Command } from 'commander';
import { pausePlan, resumePlan, seekPlan, skipPlan } from '../../pipeline/control-consumption.ts';
import type { Consumption, PartitionOrder, PartitionStatus } from '../../pipeline/ports.ts';
import { momentOf } from '../options/moment-option.ts';
import { offsetOf, partitionsOf, type ConsumptionEnvironment } from './control-environment.ts';

interface PartitionsOption {
  readonly partition?: readonly number[];
}

type Plan = (status: PartitionStatus) => PartitionOrder | { readonly refused: string };
type PlanOf = (partition: number) => Plan;

/** The commands that change what a running group does. Exit code 0, or 1 where a partition was refused. */
export const registerConsumptionOrders = (
  parent: Command,
  environment: ConsumptionEnvironment,
): void => {
  registerPause(parent, environment);
  registerResume(parent, environment);
  registerSeek(parent, environment);
  registerSkip(parent, environment);
};

const registerPause = (parent: Command, environment: ConsumptionEnvironment): void => {
  withPartitions(parent.command('pause').description('stop consuming; members stay in the group'))
    .option('--note <text>', 'why, for whoever looks next', '')
    .action(async ({ partition, note }: PartitionsOption & { readonly note: string }) => {
      const since = new Date(environment.clock()).toISOString();
      await orderAll(partition, () => () => pausePlan(since, note), 'paused', environment);
    });
};

const registerResume = (parent: Command, environment: ConsumptionEnvironment): void => {
  withPartitions(parent.command('resume').description('consume again what was paused')).action(
    async ({ partition }: PartitionsOption) => {
      await orderAll(partition, () => () => resumePlan, 'resumed', environment);
    },
  );
};

interface SeekOptions extends PartitionsOption {
  readonly toOffset?: bigint;
  readonly toTime?: number;
  readonly toStart?: true;
  readonly toEnd?: true;
  readonly note: string;
}

const registerSeek = (parent: Command, environment: ConsumptionEnvironment): void => {
  withPartitions(
    parent
      .command('seek')
      .description('go on elsewhere; what is passed over is declared in the topic of dead letters'),
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
    .action(async (options: SeekOptions) => {
      const problem = seekProblem(options);
      if (problem !== undefined) {
        environment.stderr.write(`driftline: ${problem}\n`);
        environment.setExitCode(2);
        return;
      }
      const plansOf = async (consumption: Consumption): Promise<PlanOf> => {
        const { toOffset, toTime, toStart, note } = options;
        const atTime = toTime === undefined ? undefined : await consumption.offsetsAt(toTime);
        return (partition) => (status) => {
          const edge = toStart === true ? status.low : status.high;
          const target = toOffset ?? atTime?.get(partition) ?? edge;
          return seekPlan(target, note, consumption)(status);
        };
      };
      await orderAll(options.partition, plansOf, 'moved', environment);
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

const registerSkip = (parent: Command, environment: ConsumptionEnvironment): void => {
  parent
    .command('skip')
    .description('make one record a dead letter without processing it')
    .requiredOption('--partition <number>', 'its partition', partitionsOf)
    .requiredOption('--offset <offset>', 'its offset', offsetOf)
    .action(
      async ({ partition, offset }: Required<PartitionsOption> & { readonly offset: bigint }) => {
        const plans = (): PlanOf => () => skipPlan(offset);
        await orderAll(partition, plans, `ordered to skip ${offset}`, environment);
      },
    );
};

const withPartitions = (command: Command): Command =>
  command.option(
    '--partition <number>',
    'only this partition; may be repeated. Default: all',
    partitionsOf,
  );

const orderAll = async (
  only: readonly number[] | undefined,
  plansOf: (consumption: Consumption) => PlanOf | Promise<PlanOf>,
  done: string,
  { stdout, stderr, setExitCode, withConsumption }: ConsumptionEnvironment,
): Promise<void> => {
  let refusals = 0;
  await withConsumption(async (consumption) => {
    const planOf = await plansOf(consumption);
    const partitions = only ?? (await consumption.status()).map(({ partition }) => partition);
    for (const partition of partitions) {
      const result = await consumption.order(partition, planOf(partition));
      if (result === undefined) stdout.write(`partition ${partition}: ${done}\n`);
      else {
        refusals += 1;
        stderr.write(`driftline: partition ${partition}: ${result.refused}\n`);
      }
    }
  });
  setExitCode(refusals > 0 ? 1 : 0);
};
