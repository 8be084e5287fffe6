import type { LogEntry, logCreator } from 'kafkajs';

/** A line of the Kafka client's log. */
export interface KafkaLogLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly component: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type KafkaLog = (line: KafkaLogLine) => void;

const levels: Readonly<Record<number, KafkaLogLine['level']>> = {
  1: 'error',
  2: 'warn',
  4: 'info',
  5: 'debug',
};

/** What kafkajs logs as an error although it is part of normal work, and retries by itself. */
const expected: readonly RegExp[] = [
  /concurrent transaction/i,
  /Limiting retries for the idempotent producer/,
  /The group is rebalancing/,
  /Response without match/,
];

const detailKeys = [
  'groupId',
  'memberId',
  'broker',
  'clientId',
  'topic',
  'partition',
  'error',
  'retryCount',
  'retryTime',
];

const textOf = (value: unknown): unknown => (value instanceof Error ? value.message : value);

const lineOf = ({ level, namespace, log }: LogEntry): KafkaLogLine => {
  const told = levels[level] ?? 'debug';
  const details: Record<string, unknown> = {};
  for (const key of detailKeys) if (log[key] !== undefined) details[key] = textOf(log[key]);
  return {
    level:
      told !== 'debug' && expected.some((pattern) => pattern.test(log.message)) ? 'debug' : told,
    component: namespace,
    message: log.message,
    details,
  };
};

/** Hands the client's own log lines on, without stack traces and payloads. */
export const bridgeLog =
  (log: KafkaLog): logCreator =>
  () =>
  (entry) => {
    log(lineOf(entry));
  };

/** The line by which kafkajs tells that it lost its place (it does so in no other way): see `consumer.ts`. */
export const isOffsetReset = (
  line: KafkaLogLine,
): line is KafkaLogLine & {
  readonly details: { readonly topic: string; readonly partition: number };
} =>
  line.message.startsWith('Offset out of range, resetting') &&
  typeof line.details['topic'] === 'string' &&
  typeof line.details['partition'] === 'number';
