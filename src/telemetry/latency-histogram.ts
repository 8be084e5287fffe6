import type { Metric, Registry } from 'prom-client';

/** Upper bounds in seconds: from what Driftline itself takes to the hours that a provider's trail may be late. */
const BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400];

/**
 * A histogram that takes many values at once: the one of prom-client costs some 300 ns a value, which would be felt
 * with every audit event.
 */
export interface LatencyHistogram {
  /** Takes the time from each of `times` to `now`; all in milliseconds since the epoch. A time to come counts as zero. */
  observe(times: readonly number[], now: number): void;
}

export const createLatencyHistogram = (
  registry: Registry,
  name: string,
  help: string,
): LatencyHistogram => {
  const counts = new Float64Array(BOUNDS.length);
  let sum = 0;
  let count = 0;
  const values = () => {
    let below = 0;
    return [
      ...BOUNDS.map((le, position) => ({
        metricName: `${name}_bucket`,
        labels: { le: String(le) },
        value: (below += counts[position]!),
      })),
      { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: count },
      { metricName: `${name}_sum`, labels: {}, value: sum },
      { metricName: `${name}_count`, labels: {}, value: count },
    ];
  };
  const metric = { name, help, type: 'histogram', aggregator: 'sum' };
  // The registry asks for no more than this of a metric; its type names classes.
  registry.registerMetric({
    ...metric,
    get: async () => ({ ...metric, values: values() }),
  } as unknown as Metric);
  return {
    observe: (times, now) => {
      for (const time of times) {
        const seconds = Math.max(0, now - time) / 1000;
        sum += seconds;
        count += 1;
        let position = 0;
        while (position < BOUNDS.length && seconds > BOUNDS[position]!) position += 1;
        if (position < BOUNDS.length) counts[position]! += 1;
      }
    },
  };
};
