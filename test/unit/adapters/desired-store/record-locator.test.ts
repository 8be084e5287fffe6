import { randomUUID } from 'node:crypto';
import avsc from 'avsc';
import type { Schema } from 'avsc';
import { describe, expect, it } from 'vitest';
import {
  addToBlock,
  blockSize,
  recordsOfBlock,
} from '../../../../src/adapters/desired-store/located-block.ts';
import {
  createLocatedCursor,
  type LocatedCursor,
} from '../../../../src/adapters/desired-store/located-records.ts';
import {
  createRecordLocator,
  type RejectedRecord,
} from '../../../../src/adapters/desired-store/record-locator.ts';
import { createSchemaLearner } from '../../../../src/adapters/desired-store/schema-learner.ts';
import {
  createTextHash,
  hashText,
  IDENTITY_SEED,
  KEY_SEED,
} from '../../../../src/adapters/desired-store/text-hash.ts';
import { wireFormatHeader } from '../../../../src/codec/avro-framing.ts';
import {
  desiredPayloads,
  type DesiredPayloads,
} from '../../../../src/codec/desired-resource-payload.ts';
import { loadSchemas } from '../../../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../../../src/codec/model-encoder.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { sampleResource } from '../../../support/desired-samples.ts';
import { packRecords, type TestRecord } from '../../../support/packed-records.ts';

const schemas = loadSchemas();
const versions = schemas['desired-resource'];
const encoder = modelEncoder(schemas);

const put = (offset: number, resource: DesiredResource): TestRecord & { value: Buffer } => ({
  offset,
  key: Buffer.from(resource.key),
  value: encoder.encodeDesiredResource(resource).value,
});

const hashed = (seed: number, text: string): readonly number[] => {
  const hash = createTextHash();
  hashText(hash, seed, text);
  return [hash.high, hash.low];
};

/** What the thread that writes finds of batches that one locator has taken, and what is not taken. */
const locatedAll = (
  batches: readonly (readonly TestRecord[])[],
  payloads = desiredPayloads(versions),
) => {
  const rejected: RejectedRecord[] = [];
  const locator = createRecordLocator(payloads, (each) => void rejected.push(each));
  const cursor = createLocatedCursor();
  const taken: object[] = [];
  const sizes: number[] = [];
  for (const records of batches) {
    locator.begin(3, packRecords(records));
    for (let piece = locator.next(); piece !== undefined; piece = locator.next()) {
      const block = { bytes: Buffer.from(new SharedArrayBuffer(blockSize(piece))), length: 0 };
      addToBlock(block, piece);
      sizes.push(block.length);
      for (const { bytes, words } of recordsOfBlock(block)) {
        cursor.reset(bytes, words);
        while (cursor.next()) taken.push(foundAt(cursor, bytes, words, payloads));
      }
    }
  }
  return { taken, rejected, sizes };
};

const foundAt = (
  cursor: LocatedCursor,
  bytes: Buffer,
  words: Uint32Array,
  payloads: Pick<DesiredPayloads, 'view'>,
): object => {
  const text = (from: number, to: number): string => bytes.toString('utf8', from, to);
  const { keyStart, keyEnd, payloadStart, payloadEnd, accountStart, accountEnd } = cursor;
  const resource =
    payloadEnd < 0
      ? undefined
      : payloads.view(Buffer.from(bytes.subarray(payloadStart, payloadEnd)));
  return {
    key: text(keyStart, keyEnd),
    keyHash: [cursor.keyHigh, cursor.keyLow],
    resource: resource?.toJSON(),
    provider: resource && text(cursor.providerStart, cursor.providerEnd),
    account: resource && accountEnd >= 0 ? text(accountStart, accountEnd) : undefined,
    hashes: [...words.subarray(cursor.hashesStart, cursor.hashesEnd)],
  };
};

const located = (records: readonly TestRecord[], payloads = desiredPayloads(versions)) => {
  const { taken, rejected } = locatedAll([records], payloads);
  return { taken, rejected };
};

const expected = (resource: DesiredResource): object => ({
  key: resource.key,
  keyHash: hashed(KEY_SEED, resource.key),
  resource,
  provider: resource.provider,
  account: resource.account,
  hashes: resource.identities.flatMap((each) => hashed(IDENTITY_SEED, each)),
});

describe('locating desired resources in records', () => {
  it('finds keys, payloads, accounts and the hashes of all identities, those beyond ASCII too', () => {
    const { account: _none, ...global } = sampleResource(1);
    const many = Array.from({ length: 20_000 }, (_, index) => `id:${index}`);
    const resources = [
      sampleResource(0),
      global,
      { ...sampleResource(2), key: 'prod/ä/🪣', identities: ['id:Größe', 'id:桶'] },
      { ...sampleResource(3), identities: [] },
      { ...sampleResource(4), identities: many },
    ];
    const { taken, rejected } = located(resources.map((each, offset) => put(offset, each)));
    expect(rejected).toEqual([]);
    expect(taken).toEqual(resources.map(expected));
  });

  it('says which records it does not take and why, and goes on with those between', () => {
    const { value } = put(0, sampleResource(1));
    const bad = [
      { offset: 10, key: null, value },
      { offset: 12, key: Buffer.from('prod/l-1/aws_vpc.other'), value },
      { offset: 14, key: Buffer.from('k'), value: Buffer.from('no Avro') },
      { offset: 16, key: Buffer.from('k'), value: value.subarray(0, -1) },
    ];
    const records = bad.flatMap((each, index) => [
      each,
      put(each.offset + 1, sampleResource(index)),
    ]);
    const { taken, rejected } = located(records);
    expect(taken).toEqual(bad.map((_, index) => expected(sampleResource(index))));
    expect(rejected).toEqual([
      { partition: 3, offset: 10, message: 'The record has no key.' },
      { partition: 3, offset: 12, message: 'The resource has another key than the record.' },
      { partition: 3, offset: 14, message: expect.any(String) },
      { partition: 3, offset: 16, message: expect.stringContaining('malformed') },
    ]);
  });

  it('takes tombstones, which have a key and nothing else', () => {
    const { taken } = located([{ offset: 0, key: Buffer.from('gone'), value: null }]);
    expect(taken).toEqual([
      { key: 'gone', keyHash: hashed(KEY_SEED, 'gone'), hashes: [], resource: undefined },
    ]);
  });

  it('converts what was written with another schema, one behind the other', async () => {
    const latest = JSON.parse(versions.at(-1)!) as { readonly fields: readonly object[] };
    const schema = JSON.stringify({ ...latest, fields: latest.fields.toReversed() });
    const from = avsc.Type.forSchema(latest as Schema);
    const to = avsc.Type.forSchema(JSON.parse(schema) as Schema);
    const reversed = (offset: number, resource: DesiredResource): TestRecord => {
      const written = put(offset, resource);
      const value = to.toBuffer(from.fromBuffer(written.value.subarray(10)));
      return { ...written, value: Buffer.concat([wireFormatHeader(7), value]) };
    };
    const payloads = desiredPayloads(versions);
    const { account: _none, ...global } = sampleResource(2);
    const records = [
      reversed(0, sampleResource(0)),
      put(1, sampleResource(1)),
      reversed(2, global),
    ];
    expect(located(records, payloads).rejected).toHaveLength(2);
    const asked: number[] = [];
    const learn = createSchemaLearner(payloads, async (id) => {
      asked.push(id);
      return { schema, schemaType: 'AVRO', hasReferences: false };
    });
    await learn(packRecords(records));
    await learn(packRecords(records));
    expect(asked).toEqual([7]);
    const { taken, rejected } = locatedAll([records, [put(3, sampleResource(3))]], payloads);
    expect(rejected).toEqual([]);
    expect(taken).toEqual(
      [sampleResource(0), sampleResource(1), global, sampleResource(3)].map(expected),
    );
  });

  it('a schema that thousands of unknown ids came after is still known', async () => {
    const schema = versions.at(-1)!;
    const payloads = desiredPayloads(versions);
    const learn = createSchemaLearner(payloads, async (id) =>
      id === 7 ? { schema, schemaType: 'AVRO', hasReferences: false } : undefined,
    );
    const framed = (id: number, offset: number): TestRecord => {
      const written = put(offset, sampleResource(offset));
      const value = Buffer.concat([wireFormatHeader(id), written.value.subarray(10)]);
      return { ...written, value };
    };
    await learn(packRecords([framed(7, 0)]));
    await learn(
      packRecords(Array.from({ length: 3_000 }, (_, index) => framed(100 + index, index))),
    );
    expect(located([framed(7, 1)], payloads).rejected).toEqual([]);
  });

  it('the oldest schema is still known where a batch brings one more than are kept', async () => {
    const payloads = desiredPayloads(versions);
    const learn = createSchemaLearner(payloads, async () => ({
      schema: versions.at(-1)!,
      schemaType: 'AVRO',
      hasReferences: false,
    }));
    const framed = (id: number, offset: number): TestRecord => {
      const written = put(offset, sampleResource(offset));
      const value = Buffer.concat([wireFormatHeader(id), written.value.subarray(10)]);
      return { ...written, value };
    };
    for (let id = 1; id <= 1_000; id++) await learn(packRecords([framed(id, id)]));
    const batch = [framed(1, 0), framed(5_000, 1)];
    await learn(packRecords(batch));
    expect(located(batch, payloads).rejected).toEqual([]);
  });

  it('leaves out what lies before the records that are meant', () => {
    const records = Array.from({ length: 12_000 }, (_, number) =>
      put(number, sampleResource(number)),
    );
    const locator = createRecordLocator(desiredPayloads(versions), ({ message }) =>
      expect.fail(message),
    );
    locator.begin(0, packRecords(records, 11_990));
    const piece = locator.next();
    expect(piece?.bytes.length).toBeLessThan(10_000);
    expect(locator.next()).toBeUndefined();
  });

  it('takes batch after batch, large ones in pieces of little more than 1 MiB', () => {
    const ofText = (number: number, length: number): DesiredResource => ({
      ...sampleResource(number),
      attributes: { text: 'x'.repeat(length) },
    });
    const batches = [
      Array.from({ length: 3_000 }, (_, number) => sampleResource(number)),
      [sampleResource(7)],
      Array.from({ length: 50 }, (_, number) => ofText(number, 60_000)),
      Array.from({ length: 40 }, (_, number) => ({
        ...sampleResource(number),
        identities: Array.from({ length: 10_000 }, (_, index) => `${index % 10}`),
      })),
      [ofText(1, 3_000_000), sampleResource(2)],
    ];
    const { taken, sizes } = locatedAll(batches.map((each) => each.map((of, at) => put(at, of))));
    expect(taken).toEqual(batches.flat().map(expected));
    expect(sizes.length).toBeGreaterThan(8);
    expect(sizes.filter((size) => size > 2 * 1024 * 1024)).toHaveLength(1);
  });

  it('asks again for a schema that was not registered, and says so where the registry fails', async () => {
    const record = {
      offset: 0,
      key: Buffer.from(randomUUID()),
      value: Buffer.concat([wireFormatHeader(9), Buffer.from('x')]),
    };
    const answers = [undefined, new Error('away')];
    const learn = createSchemaLearner(desiredPayloads(versions), async () => {
      const answer = answers.shift();
      if (answer !== undefined) throw answer;
      return undefined;
    });
    await learn(packRecords([record]));
    await expect(learn(packRecords([record]))).rejects.toThrow('away');
  });
});
