import { Gauge, type Registry } from 'prom-client';

/** How old the oldest record is that is not committed, by partition: it grows by itself where nothing moves. */
export interface LagSeconds {
  /** `oldest`: time of that record in milliseconds since the epoch; undefined: all is committed. */
  set(topic: string, partition: number, oldest: number | undefined): void;
  reset(): void;
}

export const createLagSeconds = (
  registry: Registry,
  name: string,
  help: string,
  clock: () => number,
): LagSeconds => {
  const oldest = new Map<
    string,
    { readonly labels: { topic: string; partition: number }; readonly time: number | undefined }
  >();
  const gauge: Gauge<'topic' | 'partition'> = new Gauge({
    name,
    help,
    labelNames: ['topic', 'partition'],
    registers: [registry],
    collect: () => {
      const now = clock();
      for (const { labels, time } of oldest.values()) {
        gauge.set(labels, time === undefined ? 0 : Math.max(0, now - time) / 1000);
      }
    },
  });
  return {
    set: (topic, partition, time) => {
      oldest.set(`${topic}/${partition}`, { labels: { topic, partition }, time });
    },
    reset: () => {
      oldest.clear();
      gauge.reset();
    },
  };
};
