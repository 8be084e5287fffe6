import { expect, it } from 'vitest';
import { askingFirst } from '../../src/compose-states.ts';
import { loadConfig } from '../../src/config/load-config.ts';

it('tells within seconds that Kafka is away, and by which address', async () => {
  const config = loadConfig({ env: {}, flags: { 'kafka.brokers': '127.0.0.1:1' } });
  const opened: string[] = [];
  const openTopic = askingFirst(
    () => config,
    async () => {
      opened.push('opened');
      throw new Error('opened');
    },
  );
  const begun = performance.now();
  await expect(openTopic(new AbortController().signal, () => undefined)).rejects.toMatchObject({
    code: 'kafka_unavailable',
    message: expect.stringContaining('127.0.0.1:1') as unknown,
  });
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(opened).toEqual([]);
});
