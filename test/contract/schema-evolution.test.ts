import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AvroSchemaError, avroReader, parseAvroSchema } from '../../src/codec/avro-schema.ts';
import { SUBJECTS, readVersions } from '../../src/codec/load-schemas.ts';

const FOLDER = new URL('../../schemas/avro/', import.meta.url);
const subjects = readdirSync(FOLDER);

interface Named {
  readonly doc?: string;
  readonly name?: string;
  readonly fields?: readonly Named[];
  readonly type?: unknown;
  readonly items?: unknown;
}

/** Names of records and fields without a doc. */
const undocumented = (schema: unknown): readonly string[] => {
  if (Array.isArray(schema)) return schema.flatMap(undocumented);
  if (typeof schema !== 'object' || schema === null) return [];
  const { doc, name, fields, type, items } = schema as Named;
  const own = name !== undefined && !doc ? [name] : [];
  return [
    ...own,
    ...(fields ?? []).flatMap(undocumented),
    ...undocumented(type),
    ...undocumented(items),
  ];
};

/** The rule: what any earlier version wrote, each later version can read (BACKWARD_TRANSITIVE). */
const unreadable = (texts: readonly string[]): readonly string[] => {
  const versions = texts.map(parseAvroSchema);
  return versions.flatMap((reader, later) =>
    versions.slice(0, later).flatMap((writer, earlier) => {
      try {
        avroReader(writer, reader);
        return [];
      } catch (error) {
        if (!(error instanceof AvroSchemaError)) throw error;
        return [`version ${later + 1} cannot read version ${earlier + 1}: ${error.message}`];
      }
    }),
  );
};

describe.each(subjects)('the schema %s', (subject) => {
  const texts = readVersions(new URL(`${subject}/`, FOLDER));

  it('is one that the code knows', () => {
    expect(SUBJECTS).toContain(subject);
  });

  it('reads in each version what all versions before it wrote', () => {
    expect(unreadable(texts)).toEqual([]);
  });

  it('documents each record and field', () => {
    expect(texts.flatMap((text) => undocumented(JSON.parse(text)))).toEqual([]);
  });

  it('keeps its name, and has a fingerprint of its own in each version', () => {
    const parsed = texts.map(parseAvroSchema);
    expect(new Set(parsed.map(({ type }) => type.name)).size).toBe(1);
    const prints = parsed.map(({ fingerprint }) => fingerprint.toString('hex'));
    expect(new Set(prints).size).toBe(prints.length);
  });
});

describe('the rule', () => {
  const record = (...fields: object[]): string =>
    JSON.stringify({ type: 'record', name: 'R', fields });
  const id = { name: 'id', type: 'string' };

  it.each([
    ['adds a field with a default', record(id), record(id, { name: 'n', type: 'int', default: 0 })],
    ['removes a field', record(id, { name: 'n', type: 'int' }), record(id)],
    ['renames with an alias', record(id), record({ name: 'uid', type: 'string', aliases: ['id'] })],
    ['widens int to long', record({ name: 'n', type: 'int' }), record({ name: 'n', type: 'long' })],
  ])('lets through a version that %s', (_name, before, after) => {
    expect(unreadable([before, after])).toEqual([]);
  });

  it.each([
    ['adds a field without a default', record(id), record(id, { name: 'n', type: 'int' })],
    ['renames without an alias', record(id), record({ name: 'uid', type: 'string' })],
    [
      'narrows long to int',
      record({ name: 'n', type: 'long' }),
      record({ name: 'n', type: 'int' }),
    ],
    ['changes a type', record(id), record({ name: 'id', type: 'int' })],
  ])('refuses a version that %s', (_name, before, after) => {
    expect(unreadable([before, after])).toHaveLength(1);
  });

  it('looks at all versions before, not only the last', () => {
    const versions = [
      record({ name: 'n', type: 'long' }),
      record(),
      record({ name: 'n', type: 'int', default: 0 }),
    ];
    expect(unreadable(versions)).toEqual([
      expect.stringContaining('version 3 cannot read version 1'),
    ]);
  });

  it('finds a field without doc', () => {
    expect(undocumented(JSON.parse(record(id)))).toEqual(['R', 'id']);
  });
});
