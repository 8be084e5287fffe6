import type { KafkaMessage } from 'kafkajs';
import type { InputRecord } from '../../pipeline/ports.ts';

/** A record as kafkajs hands it over, with its place. */
export const inputRecord = (
  topic: string,
  partition: number,
  message: KafkaMessage,
): InputRecord => ({
  topic,
  partition,
  offset: message.offset,
  timestamp: Number(message.timestamp),
  key: message.key,
  value: message.value,
  headers: message.headers ?? {},
});
