import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type { Health } from './health.ts';

const GROUP = 'consumer group';

/** The same telemetry; a rebalance counts as an absence of the group until it is joined again. */
export const followMembership = (
  telemetry: Telemetry,
  health: Pick<Health, 'up' | 'down'>,
): Telemetry => ({
  emit: (event) => {
    if (event.type === 'group.rebalancing') health.down(GROUP, 'is rebalancing');
    else if (event.type === 'group.joined') health.up(GROUP);
    telemetry.emit(event);
  },
});
