import type { Message, TopicMessages } from 'kafkajs';
import type { OutputRecord } from '../../pipeline/ports.ts';

/** Bounds of one send. kafkajs makes one record batch a partition of it, which the broker's max.message.bytes limits. */
export interface ChunkLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Varints and lengths of a record, at most. */
const recordOverhead = 64;

type HeaderValue = OutputRecord['headers'][string];

const headerValues = (value: HeaderValue): (Buffer | string)[] =>
  typeof value === 'string' || Buffer.isBuffer(value) ? [value] : [...value];

const sizeOf = (output: OutputRecord): number => {
  let size = recordOverhead + (output.value?.length ?? 0);
  if (output.key !== null) size += Buffer.byteLength(output.key);
  for (const [name, values] of Object.entries(output.headers))
    for (const value of headerValues(values)) size += name.length + Buffer.byteLength(value) + 8;
  return size;
};

const byTopic = (outputs: readonly OutputRecord[]): readonly TopicMessages[] => {
  const topics = new Map<string, Message[]>();
  for (const { topic, key, value, headers } of outputs) {
    const messages = topics.get(topic);
    const message: Message = {
      key,
      value,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, values]) => [name, headerValues(values)]),
      ),
    };
    if (messages === undefined) topics.set(topic, [message]);
    else messages.push(message);
  }
  return Array.from(topics, ([topic, messages]) => ({ topic, messages }));
};

/** Outputs in sends of bounded size, in order. */
export function* outputChunks(
  outputs: Iterable<OutputRecord>,
  limits: ChunkLimits,
): Generator<readonly TopicMessages[], undefined> {
  let current: OutputRecord[] = [];
  let bytes = 0;
  for (const output of outputs) {
    const size = sizeOf(output);
    if (
      current.length > 0 &&
      (current.length >= limits.maxRecords || bytes + size > limits.maxBytes)
    ) {
      yield byTopic(current);
      current = [];
      bytes = 0;
    }
    current.push(output);
    bytes += size;
  }
  if (current.length > 0) yield byTopic(current);
  return undefined;
}
