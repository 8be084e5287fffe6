import type { LogEntry, logCreator } from 'kafkajs';
import { kafkaLogBridge } from '../../telemetry/kafka-log-bridge.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';

/** What kafkajs logs as a warning or error although it is part of normal work that it goes on from by itself. */
const expected: readonly RegExp[] = [
  /concurrent transaction|ongoing transaction/i,
  /The group is rebalancing/,
  /rebalance is in progress|group is rebalancing/i,
  /Response without match/,
];

const debugLevel = 5;

export type OnOffsetReset = (topic: string, partition: number) => void;

/**
 * The client's log as telemetry. By a line of it, and in no other way, kafkajs tells that it lost its place in a
 * partition and goes on elsewhere: `onOffsetReset` is called then.
 */
export const bridgeLog = (telemetry: Telemetry, onOffsetReset?: OnOffsetReset): logCreator => {
  const tell = kafkaLogBridge(telemetry);
  return () => (entry: LogEntry) => {
    const topic: unknown = entry.log['topic'];
    const partition: unknown = entry.log['partition'];
    if (
      entry.log.message.startsWith('Offset out of range, resetting') &&
      typeof topic === 'string' &&
      typeof partition === 'number'
    ) {
      onOffsetReset?.(topic, partition);
    }
    const usual = expected.some((pattern) => pattern.test(entry.log.message));
    tell(usual ? { ...entry, level: debugLevel } : entry);
  };
};
