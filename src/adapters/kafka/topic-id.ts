import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import { clusterOf } from './kafkajs-cluster.ts';

const METADATA = 3;
/** The first version that asks and answers with topic ids and takes no more than one flag of each kind. Kafka 3.0. */
const VERSION = 12;
const UUID_BYTES = 16;

const unsigned = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
};

const requestBody = (topic: string): Buffer => {
  const name = Buffer.from(topic);
  return Buffer.concat([
    // No tagged fields of the header; one topic, by its name: its id is all zeros.
    Buffer.from([0, 2]),
    Buffer.alloc(UUID_BYTES),
    unsigned(name.length + 1),
    name,
    // No tagged fields of the topic; do not create it; no authorized operations; no tagged fields.
    Buffer.from([0, 0, 0, 0]),
  ]);
};

/** The id in an answer; undefined where the topic is missing. */
const idOf = (raw: Buffer): string | undefined => {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = raw.readUInt8(at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const skipText = (): void => {
    const length = varint();
    at += Math.max(length - 1, 0);
  };
  const skipTags = (): void => {
    for (let left = varint(); left > 0; left--) {
      varint();
      const length = varint();
      at += length;
    }
  };
  skipTags();
  at += 4;
  for (let brokers = varint() - 1; brokers > 0; brokers--) {
    at += 4;
    skipText();
    at += 4;
    skipText();
    skipTags();
  }
  skipText();
  at += 4;
  if (varint() < 2 || raw.readInt16BE(at) !== 0) return undefined;
  at += 2;
  skipText();
  const id = raw.toString('hex', at, at + UUID_BYTES);
  return id.length === 2 * UUID_BYTES && /[^0]/.test(id) ? id : undefined;
};

/**
 * Kafka's id of a topic, hex, which differs after it was deleted and created again. Undefined where it cannot be had:
 * brokers before Kafka 3.0, or another kafkajs.
 */
export const readTopicId = async (
  kafka: Pick<Kafka, 'admin'>,
  topic: string,
): Promise<string | undefined> => {
  const cluster = clusterOf(kafka);
  if (cluster === undefined) return undefined;
  const require = createRequire(import.meta.url);
  const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => {
    writeBuffer(bytes: Buffer): object;
  };
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    if ((broker.versions?.[METADATA]?.maxVersion ?? 0) < VERSION) return undefined;
    return await broker.connectionPool.send({
      request: {
        apiKey: METADATA,
        apiVersion: VERSION,
        apiName: 'Metadata',
        encode: () => Promise.resolve(new Encoder().writeBuffer(requestBody(topic))),
      },
      response: {
        decode: (raw) => Promise.resolve({ id: idOf(raw) }),
        parse: ({ id }: { readonly id: string | undefined }) => Promise.resolve(id),
      },
    });
  } finally {
    await cluster.disconnect();
  }
};
