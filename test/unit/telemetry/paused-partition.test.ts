import { expect, it } from 'vitest';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics, exposition } from '../../../src/telemetry/metrics.ts';

it('tells no lag of what was passed over while a partition was paused', async () => {
  const clock = (): number => 1_700_000_000_000;
  const metrics = createMetrics('1.2.3', clock, 'run', false);
  const destination = { write: () => undefined };
  const logger = createLogger({ level: 'fatal', service: 'd', version: '1', destination });
  const { emit } = createTelemetry({ logger, metrics, clock });
  const partition = { topic: 't', partition: 3 };
  emit({ type: 'records.received', ...partition, count: 5, lag: 7 });
  emit({ type: 'unit.started', ...partition, oldestTime: 1_600_000_000_000 });
  emit({ type: 'partition.paused', ...partition });
  emit({ type: 'partition.resumed', ...partition });
  emit({ type: 'partition.moved', ...partition, offset: '9' });
  const lag = (await exposition(metrics)).text
    .split('\n')
    .filter((line) => line.startsWith('driftline_consumer_lag'));
  expect(lag.map((line) => line.split(' ').at(-1))).toEqual(['0', '0']);
});
