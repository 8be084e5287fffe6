import type { Command } from 'commander';
import type { ConsumptionEnvironment } from './consumption/control-environment.ts';
import { registerConsumptionOrders } from './consumption/order.ts';
import { registerConsumptionStatus } from './consumption/status.ts';

/** `driftline consumption …`: what the group that is configured does with the topic of audit events. */
export const registerConsumption = (
  program: Command,
  environment: ConsumptionEnvironment,
): void => {
  const consumption = program
    .command('consumption')
    .description(
      'pause, resume and move a running group; no member is restarted. Exit code 1 where a partition was refused, 2 on an error, as for a group that Kafka does not know',
    );
  registerConsumptionStatus(consumption, environment);
  registerConsumptionOrders(consumption, environment);
};
