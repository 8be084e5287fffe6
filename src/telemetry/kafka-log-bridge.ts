import type { Telemetry } from './telemetry-event.ts';

/** What kafkajs hands to a log creator's function. */
export interface KafkaLogEntry {
  readonly namespace: string;
  /** 0 nothing, 1 error, 2 warn, 4 info, 5 debug. */
  readonly level: number;
  readonly log: Readonly<Record<string, unknown>> & { readonly message: string };
}

/** kafkajs calls each attempt an error that it then repeats: what fails for good reaches us as an exception. */
const LEVELS = { 1: 'warn', 2: 'warn', 4: 'debug', 5: 'debug' } as const;

/** Fields that name where, never what was sent. */
const DETAIL_FIELDS = [
  'error',
  'groupId',
  'memberId',
  'topic',
  'partition',
  'broker',
  'retryCount',
  'retryTime',
];

const detailOf = (log: KafkaLogEntry['log']): string | undefined => {
  const parts = DETAIL_FIELDS.flatMap((name) => {
    const value = log[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${name}=${value}`] : [];
  });
  return parts.length === 0 ? undefined : parts.join(' ');
};

/** The function that kafkajs's `logCreator` gives back: each message is a telemetry event. */
export const kafkaLogBridge =
  (telemetry: Telemetry) =>
  ({ namespace, level, log }: KafkaLogEntry): void => {
    const detail = detailOf(log);
    telemetry.emit({
      type: 'client.logged',
      client: 'kafkajs',
      severity: LEVELS[level as keyof typeof LEVELS] ?? 'debug',
      namespace,
      message: log.message,
      ...(detail === undefined ? {} : { detail }),
    });
  };
