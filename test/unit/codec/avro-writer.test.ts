import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvroSchemaError } from '../../../src/codec/avro-schema.ts';
import { avroWriter } from '../../../src/codec/avro-writer.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';

const schemaOf = (text: string): avsc.Type =>
  avsc.Type.forSchema(JSON.parse(text) as avsc.Schema, { wrapUnions: 'auto' });
const latest = (versions: readonly string[]): avsc.Type => schemaOf(versions.at(-1) ?? '');
const schemas = loadSchemas();
/** The largest long that avsc reads. */
const LARGEST = Number.MAX_SAFE_INTEGER - 1;
const header = Buffer.from([0xc3, 0x01]);

const sample = avsc.Type.forSchema({
  type: 'record',
  name: 'Sample',
  fields: [
    { name: 'text', type: 'string' },
    { name: 'count', type: 'int' },
    { name: 'time', type: 'long' },
    { name: 'flag', type: 'boolean' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'last', type: ['string', 'null'], default: 'none' },
    { name: 'names', type: { type: 'array', items: 'string' }, default: [] },
  ],
});
const write = avroWriter(sample);
const value = { text: 'a', count: 1, time: 2, flag: true, note: null, last: null, names: ['b'] };

describe('an Avro writer', () => {
  it('writes what avsc writes, behind the header', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ' ', '\0', 'ä', '€', '😀'), maxLength: 70 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 70 }),
      fc.constantFrom('ä'.repeat(31), 'a'.repeat(63), 'a'.repeat(64), 'ä'.repeat(9_000)),
    );
    const values = fc.record({
      text,
      count: fc.integer(),
      time: fc.maxSafeInteger().map((time) => Math.max(-(2 ** 52), Math.min(time, LARGEST))),
      flag: fc.boolean(),
      note: fc.option(text),
      last: fc.option(text),
      names: fc.array(text, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(values, (each) => {
        expect(Buffer.concat([header, sample.toBuffer(each)]).equals(write(each, header))).toBe(
          true,
        );
      }),
    );
  });

  it('refuses a long whose sign avsc would turn', () => {
    const time = -(2 ** 52) - 1;
    expect(() => write({ ...value, time }, header)).toThrow('An Avro value is no long');
    expect(write({ ...value, time: time + 1 }, header).length).toBeGreaterThan(header.length);
  });

  it.each(['drift-candidate', 'desired-resource'] as const)(
    'writes a random %s as avsc',
    (name) => {
      const type = latest(schemas[name]);
      const writer = avroWriter(type);
      for (let count = 0; count < 50; count++) {
        const each: unknown = type.random();
        expect(writer(each, header)).toEqual(Buffer.concat([header, type.toBuffer(each)]));
      }
    },
  );

  it('writes half a surrogate pair as valid UTF-8', () => {
    const bytes = write({ ...value, text: 'a\ud800' }, Buffer.alloc(0));
    expect(sample.fromBuffer(bytes)).toEqual({ ...value, text: 'a\ufffd' });
  });

  it('writes the default of what is undefined', () => {
    const { text, count, time, flag } = value;
    expect(sample.fromBuffer(write({ text, count, time, flag }, Buffer.alloc(0)))).toEqual({
      ...value,
      last: 'none',
      names: [],
    });
  });

  it('gives each value bytes of its own, after a large one too', () => {
    const large = { ...value, text: 'x'.repeat(3_000_000) };
    const first = write(value, header);
    const second = write(large, header);
    expect(second.length).toBeGreaterThan(3_000_000);
    expect(write(value, header)).toEqual(first);
    expect(first).toEqual(Buffer.concat([header, sample.toBuffer(value)]));
  });

  it.each([
    ['a text for a number', { ...value, count: '1' }],
    ['an int past 32 bits', { ...value, count: 2 ** 31 }],
    ['a long that avsc does not read', { ...value, time: LARGEST + 1 }],
    ['a number for a text', { ...value, text: 1 }],
    ['a text for a boolean', { ...value, flag: 'true' }],
    ['an object for a list', { ...value, names: {} }],
    ['nothing for what has no default', { ...value, text: undefined }],
    ['null for a record', null],
  ])('refuses %s', (_what, wrong) => {
    expect(() => write(wrong, header)).toThrow(TypeError);
    expect(write(value, header)).toEqual(Buffer.concat([header, sample.toBuffer(value)]));
  });

  it.each<avsc.Schema>([{ type: 'map', values: 'string' }, ['null', 'int', 'string']])(
    'is refused for a schema with other types: %j',
    (schema) => {
      expect(() => avroWriter(avsc.Type.forSchema(schema))).toThrow(AvroSchemaError);
    },
  );
});
