import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvroSchemaError, avroReader, parseAvroSchema } from '../../../src/codec/avro-schema.ts';

const schema = (value: unknown) => parseAvroSchema(JSON.stringify(value));
const bytes = (...values: number[]): Buffer => Buffer.from(values);
const long = (value: number): Buffer => parseAvroSchema('"long"').type.toBuffer(value);

const WIDE = schema({
  type: 'record',
  name: 'Wide',
  fields: [
    { name: 'b', type: 'boolean' },
    { name: 'i', type: 'int' },
    { name: 'l', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'f', type: 'float' },
    { name: 'd', type: 'double' },
    { name: 's', type: 'string' },
    { name: 'y', type: 'bytes' },
    { name: 'x', type: { type: 'fixed', name: 'Four', size: 4 } },
    { name: 'e', type: { type: 'enum', name: 'E', symbols: ['A', 'B'] } },
    { name: 'u', type: ['null', 'string', 'int'] },
    { name: 'a', type: { type: 'array', items: { type: 'array', items: 'long' } } },
    { name: 'm', type: { type: 'map', values: ['null', 'string'] } },
    { name: 'next', type: ['null', 'Wide'] },
  ],
});

const wide = (depth: number): object => ({
  b: true,
  i: -5,
  l: 1_769_860_800_000,
  f: 0.5,
  d: 0.1,
  s: 'é',
  y: Buffer.from([1, 2]),
  x: Buffer.from([1, 2, 3, 4]),
  e: 'B',
  u: 'text',
  a: [[1, -2], [], [2 ** 52]],
  m: { k: null, j: 'v' },
  next: depth === 0 ? null : wide(depth - 1),
});

describe('the check of Avro bytes', () => {
  it('lets through what avsc wrote, of every type', () => {
    expect(WIDE.check(WIDE.type.toBuffer(wide(3)))).toBeUndefined();
  });

  it('refuses a value cut at any byte, and one with a byte too many', () => {
    const whole = WIDE.type.toBuffer(wide(0));
    for (let length = 0; length < whole.length; length++) {
      expect(WIDE.check(whole.subarray(0, length))).toMatch(/truncated|more items|size of a block/);
    }
    expect(WIDE.check(Buffer.concat([whole, bytes(0)]))).toBe('1 bytes are left over');
  });

  it('refuses a block that claims more items than there are bytes, before it allocates', () => {
    const strings = schema({ type: 'array', items: 'string' });
    expect(strings.check(long(50_000_000))).toContain('claims more items');
    expect(strings.check(long(2 ** 52))).toContain('claims more items');
    expect(strings.check(Buffer.concat([long(200_000), Buffer.alloc(200_001)]))).toContain(
      'more than 100000 items',
    );
  });

  it('refuses a block whose size leads backwards, which avsc would skip for ever', () => {
    const strings = schema({ type: 'array', items: 'string' });
    expect(strings.check(bytes(0x01, 0x03, 0x00))).toContain('size of a block');
  });

  it.each([
    ['a negative length', '"string"', bytes(0x01)],
    ['a length past the end', '"bytes"', long(2 ** 40)],
    ['an int out of range', '"int"', bytes(0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['an int of six bytes', '"int"', bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0x00)],
    ['a long of eleven bytes', '"long"', Buffer.concat([Buffer.alloc(10, 0x80), bytes(0)])],
    ['a boolean of 2', '"boolean"', bytes(2)],
    ['a branch that is not there', '["null","int"]', bytes(0x04)],
    ['a negative branch', '["null","int"]', bytes(0x01)],
    ['a symbol that is not there', '{"type":"enum","name":"E","symbols":["A"]}', bytes(0x02)],
  ])('refuses %s', (_name, text, value) => {
    expect(parseAvroSchema(text).check(value)).toBeDefined();
  });

  it('refuses records nested deeper than 64', () => {
    expect(WIDE.check(WIDE.type.toBuffer(wide(63)))).toBeUndefined();
    expect(WIDE.check(WIDE.type.toBuffer(wide(64)))).toContain('too deep');
  });

  it('never throws, and avsc reads what it lets through, but for longs past 2^53', () => {
    const read = avroReader(WIDE, WIDE);
    const good = WIDE.type.toBuffer(wide(1));
    const flipped = fc
      .tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }))
      .map(([at, byte]) => {
        const copy = Buffer.from(good);
        copy[at] = byte;
        return copy;
      });
    const hostile = fc.oneof(
      flipped,
      fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(hostile, (value) => {
        if (WIDE.check(value) !== undefined) return;
        const result = read(value);
        if ('problem' in result) expect(result.problem).toBe('potential precision loss');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseAvroSchema', () => {
  it.each([
    ['null', 'null'],
    ['an empty record', { type: 'record', name: 'Empty', fields: [] }],
    ['a fixed of no bytes', { type: 'fixed', name: 'None', size: 0 }],
    ['a record of such', { type: 'record', name: 'Outer', fields: [{ name: 'n', type: 'null' }] }],
  ])('refuses arrays and maps of %s', (_name, items) => {
    const text = JSON.stringify({
      type: 'record',
      name: 'R',
      fields: [{ name: 'f', type: ['null', { type: 'array', items }] }],
    });
    expect(() => parseAvroSchema(text)).toThrow(AvroSchemaError);
    expect(() => parseAvroSchema(JSON.stringify({ type: 'map', values: items }))).toThrow(
      AvroSchemaError,
    );
  });

  it.each([
    ['no JSON', '{'],
    ['an unknown type', '"text"'],
    ['code in a name', '{"type":"record","name":"R","fields":[{"name":"a;b","type":"int"}]}'],
    ['a giant', `"${'x'.repeat(300_000)}"`],
    ['deep nesting', `${'{"type":"array","items":'.repeat(10_000)}"int"${'}'.repeat(10_000)}`],
  ])('refuses %s with a typed error', (_name, text) => {
    expect(() => parseAvroSchema(text)).toThrow(AvroSchemaError);
  });
});
