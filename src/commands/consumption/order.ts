import type { Command } from 'commander';
import { pausePlan, resumePlan, skipPlan } from '../../pipeline/control-consumption.ts';
import { offsetOf, partitionsOf, type ConsumptionEnvironment } from './control-environment.ts';
import {
  addNewGroup,
  addPartitions,
  orderPartitions,
  type OrderOptions,
  type PlanOf,
} from './order-partitions.ts';
import { registerSeek } from './seek.ts';

/**
 * The commands that change what a running group does. Exit code 0, 1 where a partition was refused, 2 on an error: no
 * such group.
 */
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
  addNewGroup(
    addPartitions(parent.command('pause').description('stop consuming; members stay in the group')),
  )
    .option('--note <text>', 'why, for whoever looks next', '')
    .action(async ({ note, ...options }: OrderOptions & { readonly note: string }) => {
      const since = new Date(environment.clock()).toISOString();
      const plans = (): PlanOf => () => pausePlan(since, note);
      await orderPartitions(options, plans, () => 'paused', environment);
    });
};

const registerResume = (parent: Command, environment: ConsumptionEnvironment): void => {
  addPartitions(parent.command('resume').description('consume again what was paused')).action(
    async (options: OrderOptions) => {
      const plans = (): PlanOf => () => resumePlan;
      await orderPartitions(options, plans, () => 'resumed', environment);
    },
  );
};

const registerSkip = (parent: Command, environment: ConsumptionEnvironment): void => {
  addNewGroup(
    parent
      .command('skip')
      .description('make one record a dead letter without processing it')
      .requiredOption('--partition <number>', 'its partition', partitionsOf)
      .requiredOption('--offset <offset>', 'its offset', offsetOf),
  ).action(async ({ offset, ...options }: OrderOptions & { readonly offset: bigint }) => {
    const plans = (): PlanOf => () => skipPlan(offset);
    await orderPartitions(options, plans, () => `ordered to skip ${offset}`, environment);
  });
};
