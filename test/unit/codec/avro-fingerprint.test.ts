import { describe, expect, it } from 'vitest';
import { rabinFingerprint } from '../../../src/codec/avro-fingerprint.ts';
import { parseAvroSchema } from '../../../src/codec/avro-schema.ts';

/** From share/test/data/schema-tests.txt of Apache Avro: a schema, its canonical form, its fingerprint. */
const VECTORS: readonly (readonly [string, string, bigint])[] = [
  ['"null"', '"null"', 7195948357588979594n],
  ['{"type":"boolean"}', '"boolean"', -6970731678124411036n],
  ['"int"', '"int"', 8247732601305521295n],
  ['"long"', '"long"', -3434872931120570953n],
  ['{"type":"float"}', '"float"', 5583340709985441680n],
  ['"double"', '"double"', -8181574048448539266n],
  ['"bytes"', '"bytes"', 5746618253357095269n],
  ['"string"', '"string"', -8142146995180207161n],
  [
    '{"type":"fixed", "name":"foo", "size":15}',
    '{"name":"foo","type":"fixed","size":15}',
    1756455273707447556n,
  ],
  [
    '{"type":"record","name":"PigValue","doc":"d","fields":[{"type":["null","int","long","PigValue"],"name":"value","default":null}]}',
    '{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}',
    -1759257747318642341n,
  ],
];

describe('rabinFingerprint', () => {
  it.each(VECTORS)('of %s is that of the Avro project', (_schema, canonical, expected) => {
    expect(rabinFingerprint(canonical).readBigInt64LE()).toBe(expected);
  });

  it('writes "null" as the bytes that single-object encoding carries', () => {
    expect(Buffer.from(rabinFingerprint('"null"')).reverse().toString('hex')).toBe(
      '63dd24e7cc258f8a',
    );
  });
});

describe('the canonical form of a schema', () => {
  it.each(VECTORS)('of %s is that of the Avro project', (schema, canonical, expected) => {
    const parsed = parseAvroSchema(schema);
    expect(parsed.canonicalForm).toBe(canonical);
    expect(parsed.fingerprint.readBigInt64LE()).toBe(expected);
  });

  it('has full names, and neither doc, default, alias nor logical type', () => {
    const { canonicalForm } = parseAvroSchema(
      JSON.stringify({
        namespace: 'a.b',
        aliases: ['Old'],
        type: 'record',
        name: 'R',
        doc: 'text',
        fields: [
          {
            default: 0,
            name: 't',
            type: { logicalType: 'timestamp-millis', type: 'long' },
          },
          { name: 'e', type: { symbols: ['X'], name: 'E', type: 'enum', doc: 'text' } },
          { name: 'again', type: 'E' },
        ],
      }),
    );
    expect(canonicalForm).toBe(
      '{"name":"a.b.R","type":"record","fields":[{"name":"t","type":"long"},' +
        '{"name":"e","type":{"name":"a.b.E","type":"enum","symbols":["X"]}},{"name":"again","type":"a.b.E"}]}',
    );
  });
});
