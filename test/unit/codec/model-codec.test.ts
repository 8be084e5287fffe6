import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../src/codec/decoded-record.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelDecoder } from '../../../src/codec/model-decoder.ts';
import { modelEncoder, registerSchemas } from '../../../src/codec/model-encoder.ts';
import type { SchemaRegistry } from '../../../src/codec/schema-registry.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { bareCandidate, bareResource, sampleCandidate, sampleResource } from './sample-models.ts';

const schemas = loadSchemas();
const encoder = modelEncoder(schemas);
const decoder = modelDecoder(schemas);

const registryOf = (known: ReadonlyMap<number, string>): SchemaRegistry => ({
  schemaById: async (id) => {
    const schema = known.get(id);
    return schema === undefined ? undefined : { schema, schemaType: 'AVRO', hasReferences: false };
  },
  find: async () => undefined,
  register: async (subject) => (subject === 'drift.candidates-value' ? 7 : 8),
});

describe('modelEncoder and modelDecoder', () => {
  it.each([sampleResource, bareResource])('give a desired resource back as it was', (resource) => {
    const { value } = encoder.encodeDesiredResource(resource);
    const decoded = decoder.decodeDesiredResource(value);
    if (decoded instanceof Promise) throw new Error('Expected an answer without waiting.');
    expect({ ...decoded }).toEqual(resource);
    expect(Object.keys(decoded).sort()).toEqual(Object.keys(resource).sort());
  });

  it.each([sampleCandidate, bareCandidate])('give a candidate back as it was', (candidate) => {
    const { value } = encoder.encodeCandidate(candidate);
    expect(decoder.decodeCandidate(value)).toStrictEqual(candidate);
  });

  it('keep an observed null apart from no observed value', () => {
    const decoded = decoder.decodeCandidate(encoder.encodeCandidate(sampleCandidate).value);
    if (decoded instanceof Promise || isFailure(decoded)) throw new Error('Expected a candidate.');
    expect(decoded.changes[1]).toHaveProperty('observed', null);
    expect(decoded.changes[2]).not.toHaveProperty('observed');
  });

  it('give any attributes back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (attributes) => {
        const given = JSON.parse(JSON.stringify(attributes)) as JsonObject;
        const { value } = encoder.encodeDesiredResource({ ...bareResource, attributes: given });
        const decoded = decoder.decodeDesiredResource(value);
        if (decoded instanceof Promise || isFailure(decoded)) throw new Error('Expected a value.');
        for (const [key, item] of Object.entries(given)) {
          const found = decoded.attributes[key];
          // Integers past 2^53 come back as their text.
          if (JSON.stringify(item) !== JSON.stringify(found)) {
            expect(JSON.stringify(found).replaceAll('"', '')).toBe(
              JSON.stringify(item).replaceAll('"', ''),
            );
          }
        }
      }),
    );
  });

  it('name the content and the schema in the headers', () => {
    expect(encoder.encodeCandidate(bareCandidate).headers).toEqual({
      'content-type': 'application/avro',
      'driftline.schema': 'drift-candidate/v2',
    });
  });
});

describe('the framing', () => {
  it('is a single object without a registry, and needs none to be read', () => {
    const { value } = encoder.encodeCandidate(bareCandidate);
    expect(value.subarray(0, 2).toString('hex')).toBe('c301');
  });

  it('is the wire format with the id that the registry gave for the topic', async () => {
    const text = schemas['drift-candidate'].at(-1) ?? '';
    const registry = registryOf(new Map([[7, text]]));
    const topics = { 'drift-candidate': 'drift.candidates' };
    const { ids, report } = await registerSchemas(registry, schemas, topics);
    expect(report).toEqual([{ subject: 'drift.candidates-value', action: 'created' }]);
    const { value } = modelEncoder(schemas, ids).encodeCandidate(sampleCandidate);
    expect(value.subarray(0, 5).toString('hex')).toBe('0000000007');
    const reading = modelDecoder(schemas, registry);
    await expect(reading.decodeCandidate(value)).resolves.toEqual(sampleCandidate);
    expect(reading.decodeCandidate(value)).toEqual(sampleCandidate);
  });

  it('has the id of a schema that is there already, without the right to write', async () => {
    const registry: SchemaRegistry = {
      ...registryOf(new Map()),
      find: async () => 9,
      register: () => Promise.reject(new Error('may not write')),
    };
    const topics = { 'desired-resource': 'desired.state' };
    await expect(registerSchemas(registry, schemas, topics)).resolves.toEqual({
      ids: { 'desired-resource': 9 },
      report: [{ subject: 'desired.state-value', action: 'unchanged' }],
    });
  });
});

describe('a record that cannot be decoded', () => {
  const good = encoder.encodeCandidate(bareCandidate).value;
  it.each([
    ['no framing', Buffer.from('{}'), 'not_avro'],
    ['a wire format cut short', Buffer.from([0, 0, 0, 1]), 'not_avro'],
    ['a single object cut short', Buffer.from([0xc3, 0x01, 1]), 'not_avro'],
    [
      'an unknown fingerprint',
      Buffer.concat([good.subarray(0, 9), Buffer.from([0])]),
      'unknown_schema',
    ],
    ['an id without a registry', Buffer.from([0, 0, 0, 0, 1, 2]), 'unknown_schema'],
    ['a value cut short', good.subarray(0, good.length - 1), 'not_avro'],
    ['bytes left over', Buffer.concat([good, Buffer.from([1])]), 'not_avro'],
  ])('%s', (_name, value, reason) => {
    expect(decoder.decodeCandidate(value)).toMatchObject({ stage: 'decode', reason });
  });

  it.each([
    ['an id that the registry does not know', 99],
    ['an id of another record', 1],
    ['an id of a schema that cannot be read', 2],
    ['an id of a schema with empty items', 3],
  ])('%s', async (_name, id) => {
    const registry = registryOf(
      new Map([
        [1, '{"type":"record","name":"Other","fields":[{"name":"a","type":"int"}]}'],
        [2, '{"type":'],
        [3, '{"type":"array","items":"null"}'],
      ]),
    );
    const value = Buffer.from([0, 0, 0, 0, id, 2]);
    const failed = await modelDecoder(schemas, registry).decodeCandidate(value);
    expect(failed).toMatchObject({ stage: 'decode', reason: 'unknown_schema' });
  });

  it('a long past 2^53 is a failure, never rounded', () => {
    const { value } = encoder.encodeDesiredResource({ ...bareResource, serial: 2 ** 40 });
    const written = avsc.Type.forSchema('long').toBuffer(2 ** 40);
    const largest = Buffer.from('feffffffffffffffff01', 'hex');
    const at = value.indexOf(written);
    const hostile = Buffer.concat([
      value.subarray(0, at),
      largest,
      value.subarray(at + written.length),
    ]);
    expect(decoder.decodeDesiredResource(hostile)).toMatchObject({ reason: 'not_avro' });
  });
});
