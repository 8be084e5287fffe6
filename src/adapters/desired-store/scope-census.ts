import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DesiredPayloads } from '../../codec/desired-resource-payload.ts';
import type { ScopeCount } from '../../telemetry/telemetry-event.ts';
import type { StoreDatabases } from './store-databases.ts';

/** Resources that are read before lookups and fetches have their turn again: some milliseconds. */
const SLICE = 1_000;

interface MutableCount {
  resources: number;
  serial: number | undefined;
  publishedTime: number;
}

/**
 * Counts the resources of each scope, with the newest serial and time of publication, in slices between which other
 * work goes on: what is written meanwhile may be counted or not.
 */
export const countScopes = async (
  { resources }: Pick<StoreDatabases, 'resources'>,
  payloads: Pick<DesiredPayloads, 'view'>,
  signal: AbortSignal,
): Promise<readonly ScopeCount[]> => {
  const counts = new Map<string, MutableCount>();
  let from: number | undefined = 0;
  while (from !== undefined && !signal.aborted) {
    let last: number | undefined;
    for (const { key, value } of resources.getRange({ start: from, limit: SLICE })) {
      const { scope, serial, published_time: time } = payloads.view(Buffer.from(value));
      const known = counts.get(scope);
      if (known === undefined) {
        counts.set(scope, { resources: 1, serial, publishedTime: time });
      } else {
        known.resources += 1;
        known.publishedTime = Math.max(known.publishedTime, time);
        if (serial !== undefined) known.serial = Math.max(known.serial ?? serial, serial);
      }
      last = key;
    }
    from = last === undefined ? undefined : last + 1;
    await nextTurn();
  }
  return Array.from(counts, ([scope, count]) => ({ scope, ...count }));
};
