import { describe, expect, it } from 'vitest';
import { kafkaLogBridge } from '../../../src/telemetry/kafka-log-bridge.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';

describe('the log bridge of kafkajs', () => {
  it('hands over level and place, and keeps other fields to itself', () => {
    const telemetry = recordedTelemetry();
    const log = {
      message: 'Response error',
      error: 'NOT_LEADER',
      broker: 'a:1',
      payload: 'hunter2',
    };
    kafkaLogBridge(telemetry)({ namespace: 'Connection', level: 1, log });
    expect(telemetry.events).toEqual([
      {
        type: 'client.logged',
        client: 'kafkajs',
        severity: 'warn',
        namespace: 'Connection',
        message: 'Response error',
        detail: 'error=NOT_LEADER broker=a:1',
      },
    ]);
  });

  it.each([
    [1, 'warn'],
    [2, 'warn'],
    [4, 'debug'],
    [5, 'debug'],
  ])('turns level %s into %s', (level, word) => {
    const telemetry = recordedTelemetry();
    kafkaLogBridge(telemetry)({ namespace: 'n', level, log: { message: 'm' } });
    expect(telemetry.of('client.logged')[0]?.severity).toBe(word);
  });
});
