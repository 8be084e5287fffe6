import { randomUUID } from 'node:crypto';
import avsc from 'avsc';
import type { Schema } from 'avsc';
import { describe, expect, it } from 'vitest';
import {
  addToBlock,
  blockSize,
  recordsOfBlock,
} from '../../../../src/adapters/desired-store/located-block.ts';
import { createLocatedCursor } from '../../../../src/adapters/desired-store/located-records.ts';
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
import { desiredPayloads } from '../../../../src/codec/desired-resource-payload.ts';
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

/** What the thread that writes finds of the records, and what is not taken. */
const located = (records: readonly TestRecord[], payloads = desiredPayloads(versions)) => {
  const rejected: RejectedRecord[] = [];
  const locate = createRecordLocator(payloads, (each) => void rejected.push(each));
  const found = locate(3, packRecords(records));
  const block = { bytes: Buffer.from(new SharedArrayBuffer(blockSize(found))), length: 0 };
  addToBlock(block, found);
  const cursor = createLocatedCursor();
  const taken = recordsOfBlock(block).flatMap(({ bytes, words }) => {
    const of: object[] = [];
    cursor.reset(bytes, words);
    while (cursor.next()) {
      const text = (from: number, to: number): string => bytes.toString('utf8', from, to);
      const resource =
        cursor.payloadEnd < 0
          ? undefined
          : payloads.view(Buffer.from(bytes.subarray(cursor.payloadStart, cursor.payloadEnd)));
      of.push({
        key: text(cursor.keyStart, cursor.keyEnd),
        keyHash: [cursor.keyHigh, cursor.keyLow],
        resource: resource?.toJSON(),
        provider: resource && text(cursor.providerStart, cursor.providerEnd),
        account:
          resource && cursor.accountEnd >= 0
            ? text(cursor.accountStart, cursor.accountEnd)
            : undefined,
        hashes: [...words.subarray(cursor.hashesStart, cursor.hashesEnd)],
      });
    }
    return of;
  });
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
    const records = [
      reversed(0, sampleResource(0)),
      put(1, sampleResource(1)),
      reversed(2, sampleResource(2)),
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
    expect(located(records, payloads)).toEqual({
      taken: [0, 1, 2].map((number) => expected(sampleResource(number))),
      rejected: [],
    });
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
