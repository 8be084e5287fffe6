import { expect, it } from 'vitest';
import { untilEnded } from '../../../src/telemetry/until-ended.ts';
import type { TelemetryEvent } from '../../../src/telemetry/telemetry-event.ts';

it('lets no warning of a client stand below the end of the service', () => {
  const told: string[] = [];
  const { telemetry, end } = untilEnded({ emit: ({ type }) => told.push(type) });
  const warning: TelemetryEvent = {
    type: 'client.logged',
    client: 'kafkajs',
    severity: 'warn',
    namespace: 'Connection',
    message: 'Connection error',
  };
  telemetry.emit(warning);
  telemetry.emit({ type: 'service.stopped', reason: 'x' });
  end();
  telemetry.emit(warning);
  expect(told).toEqual(['client.logged', 'service.stopped']);
});
