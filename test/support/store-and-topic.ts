import { expect } from 'vitest';
import type { Kafka } from 'kafkajs';
import { openDatabases } from '../../src/adapters/desired-store/store-databases.ts';
import { createStoreReader } from '../../src/adapters/desired-store/store-reader.ts';
import { desiredPayloads } from '../../src/codec/desired-resource-payload.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelDecoder } from '../../src/codec/model-decoder.ts';
import type { DesiredResource } from '../../src/core/model/desired-resource.ts';
import { readCommitted } from './kafka-reader.ts';

const schemas = loadSchemas();
const decoder = modelDecoder(schemas);
const payloads = desiredPayloads(schemas['desired-resource']);

/** What a plain consumer of committed records sees of each key last, decoded; nothing of a tombstone. */
export const readDesiredTopic = async (
  kafka: Kafka,
  topic: string,
): Promise<ReadonlyMap<string, DesiredResource>> => {
  const last = new Map<string, Buffer | null>();
  for (const { key, value } of await readCommitted(kafka, topic)) last.set(key ?? '', value);
  const held = new Map<string, DesiredResource>();
  for (const [key, value] of last) {
    if (value === null) continue;
    const decoded = await decoder.decodeDesiredResource(value);
    if (!('key' in decoded)) throw new Error(decoded.message);
    held.set(key, decoded);
  }
  return held;
};

const textOf = (resource: DesiredResource): string =>
  JSON.stringify(Object.entries(JSON.parse(JSON.stringify(resource)) as object).sort());

/**
 * Compares the whole store in a folder, which no process has open, with the topic: each entry, and each entry by each
 * of its identities. @returns how many there are
 */
export const expectStoreIsTopic = async (
  folder: string,
  kafka: Kafka,
  topic: string,
): Promise<number> => {
  const expected = await readDesiredTopic(kafka, topic);
  const databases = openDatabases(folder);
  try {
    const reader = createStoreReader(databases, payloads);
    const held = new Map([...reader.all()].map((each) => [each.key, textOf(each)]));
    expect(held.size).toBe(expected.size);
    expect(reader.size).toBe(expected.size);
    for (const [key, resource] of expected) expect(held.get(key)).toBe(textOf(resource));
    for (const each of reader.all())
      for (const identity of each.identities)
        expect(reader.lookup(identity).map(({ key }) => key)).toContain(each.key);
  } finally {
    await databases.root.close();
  }
  return expected.size;
};
