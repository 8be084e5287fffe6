import type { Command } from 'commander';
import type { Consumption, PartitionOrder, PartitionStatus } from '../../pipeline/ports.ts';
import { partitionsOf, type ConsumptionEnvironment } from './control-environment.ts';

export type Plan = (status: PartitionStatus) => PartitionOrder | { readonly refused: string };
export type PlanOf = (partition: number) => Plan;

export interface OrderOptions {
  /** Default: all. */
  readonly partition?: readonly number[];
  readonly newGroup?: true;
  /** Only tell. */
  readonly dryRun?: true;
}

/** What was ordered for a partition that stood so. */
export interface Ordered {
  readonly status: PartitionStatus;
  readonly order: PartitionOrder;
}

export const addPartitions = (command: Command): Command =>
  command.option(
    '--partition <number>',
    'only this partition; may be repeated. Default: all',
    partitionsOf,
  );

export const addNewGroup = (command: Command): Command =>
  command.option(
    '--new-group',
    'also a group that Kafka does not know yet: its first member begins as ordered',
  );

/**
 * Orders each partition, and prints what `told` makes of it. Exit code 0, or 1 where a partition was refused.
 * @throws a typed error where Kafka knows no such group, without `newGroup`
 */
export const orderPartitions = async (
  { partition: only, newGroup, dryRun }: OrderOptions,
  plansOf: (consumption: Consumption) => PlanOf | Promise<PlanOf>,
  told: (ordered: Ordered, consumption: Consumption) => string,
  { stdout, stderr, setExitCode, withConsumption }: ConsumptionEnvironment,
): Promise<readonly Ordered[]> => {
  const done: Ordered[] = [];
  let refusals = 0;
  await withConsumption(async (consumption) => {
    if (newGroup !== true) await consumption.members();
    const planOf = await plansOf(consumption);
    const all = only === undefined || dryRun === true ? await consumption.status() : [];
    for (const partition of only ?? all.map((status) => status.partition)) {
      let ordered: Ordered | undefined;
      const plan: Plan = (status) => {
        const order = planOf(partition)(status);
        if (!('refused' in order)) ordered = { status, order };
        return order;
      };
      const result =
        dryRun === true
          ? wouldBe(all, partition, plan, consumption)
          : await consumption.order(partition, plan);
      if (ordered !== undefined && result === undefined) {
        done.push(ordered);
        stdout.write(`partition ${partition}: ${told(ordered, consumption)}\n`);
      } else if (result !== undefined) {
        refusals += 1;
        stderr.write(`driftline: partition ${partition}: ${result.refused}\n`);
      }
    }
  });
  setExitCode(refusals > 0 ? 1 : 0);
  return done;
};

const wouldBe = (
  all: readonly PartitionStatus[],
  partition: number,
  plan: Plan,
  { topic }: Consumption,
): { readonly refused: string } | undefined => {
  const status = all.find((each) => each.partition === partition);
  if (status === undefined) return { refused: `${topic} has no partition ${partition}` };
  const planned = plan(status);
  return 'refused' in planned ? planned : undefined;
};
