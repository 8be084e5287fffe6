import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AvroEventReader } from '../../../src/codec/avro-event-reader.ts';
import type { MadeMember } from '../../../src/codec/avro-head-field.ts';
import { parseAvroSchema, type AvroSchema } from '../../../src/codec/avro-schema.ts';
import { isFailure } from '../../../src/codec/decoded-record.ts';
import { JsonOutput } from '../../../src/codec/json-output.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { SharedBytes } from '../../../src/codec/shared-bytes.ts';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import { rawForm } from '../../../src/codec/raw-member.ts';
import { eventByAvsc } from '../../support/avro-event-by-avsc.ts';

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
}

interface RecordText {
  readonly type: 'record';
  readonly name: string;
  readonly fields: readonly Field[];
}

const MAX_DEPTH = 8;
const texts = loadSchemas()['audit-event'];
const latest = texts[texts.length - 1]!;
const written = JSON.parse(latest) as RecordText;

const isRecord = (type: unknown): type is RecordText =>
  typeof type === 'object' && type !== null && 'fields' in type;

/** The schema with each record in it, from the outermost on, changed. A record is spelled out where it stands first. */
const mapRecords = (whole: unknown, change: (record: RecordText) => RecordText): unknown => {
  const records = new Map<unknown, RecordText>();
  const collect = (type: unknown): void => {
    if (Array.isArray(type)) type.forEach(collect);
    else if (isRecord(type)) {
      records.set(type.name, type);
      for (const field of type.fields) collect(field.type);
    } else if (typeof type === 'object' && type !== null && 'items' in type) collect(type.items);
  };
  const spelled = new Set<string>();
  const map = (type: unknown): unknown => {
    if (Array.isArray(type)) return type.map(map);
    const record = isRecord(type) ? type : records.get(type);
    if (record !== undefined) {
      if (spelled.has(record.name)) return record.name;
      spelled.add(record.name);
      const changed = change(record);
      return {
        ...changed,
        fields: changed.fields.map((field) => ({ ...field, type: map(field.type) })),
      };
    }
    return typeof type === 'object' && type !== null && 'items' in type
      ? { ...type, items: map(type.items) }
      : type;
  };
  collect(whole);
  return map(whole);
};

const changedFields =
  (change: (field: Field) => readonly Field[]) =>
  (record: RecordText): RecordText => ({ ...record, fields: record.fields.flatMap(change) });

const EXTRA: readonly Field[] = [
  { name: 'extra_map', type: { type: 'map', values: ['null', 'string'] }, default: {} },
  { name: 'extra_double', type: 'double', default: 0.5 },
];

const isOptionalText = ({ type }: Field): boolean =>
  Array.isArray(type) && type.length === 2 && type.includes('string');

/** Schemas of other writers, which all resolve with ours. */
const WRITERS: Readonly<Record<string, unknown>> = {
  'our latest schema': written,
  'fields in another order': mapRecords(written, (record) =>
    record.name === 'AuditEvent' ? { ...record, fields: record.fields.toReversed() } : record,
  ),
  'fields of all records in another order': mapRecords(written, (record) => ({
    ...record,
    fields: record.fields.toReversed(),
  })),
  'more fields, in all records': mapRecords(written, (record) => ({
    ...record,
    fields: [EXTRA[0]!, ...record.fields, EXTRA[1]!],
  })),
  'only what has no default': mapRecords(
    written,
    changedFields((field) => (field.default === undefined ? [field] : [])),
  ),
  'null as the last branch': mapRecords(
    written,
    changedFields((field) => [
      isOptionalText(field) ? { name: field.name, type: ['string', 'null'] } : field,
    ]),
  ),
  'texts that are always there': mapRecords(
    written,
    changedFields((field) => [
      isOptionalText(field) ? { name: field.name, type: 'string' } : field,
    ]),
  ),
  'bytes for texts': mapRecords(
    written,
    changedFields((field) => [
      isOptionalText(field) ? { name: field.name, type: ['null', 'bytes'], default: null } : field,
    ]),
  ),
  'null where a text may be': mapRecords(
    written,
    changedFields((field) => [isOptionalText(field) ? { name: field.name, type: 'null' } : field]),
  ),
};

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', 'é', '\u2028', '😀', 'a') }),
  fc.string({ minLength: 40, maxLength: 300 }),
);
const someText = fc.oneof(fc.constantFrom('eu-central-1', 'arn:aws:iam::1:role/R'), anyText);

const payloadText = fc.oneof(
  fc.json().map((json) => `\uFEFF ${json}\n`),
  fc.jsonValue().map((value) => JSON.stringify(value, null, 2)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '',
    ' ',
    'null',
    '7',
    '{"a":',
    '[1,]',
    '{"n":9007199254740993}',
    '{"__proto__":1}',
    '{"\\u0063onstructor":[]}',
    '1e400',
    '01',
  ),
  fc.nat({ max: 12 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  anyText,
);

/** Random values of a schema: texts, numbers and nulls as the reader may meet them. */
const valueOf = (
  type: unknown,
  name: string,
  named: ReadonlyMap<string, unknown>,
): fc.Arbitrary<unknown> => {
  if (Array.isArray(type))
    return fc.oneof(...type.map((branch: unknown) => valueOf(branch, name, named)));
  if (isRecord(type)) {
    return fc.record(
      Object.fromEntries(
        type.fields.map((field) => [field.name, valueOf(field.type, field.name, named)]),
      ),
    );
  }
  if (typeof type === 'object' && type !== null) {
    if ('items' in type) return fc.array(valueOf(type.items, name, named), { maxLength: 3 });
    if ('values' in type)
      return fc.dictionary(anyText, valueOf(type.values, name, named), { maxKeys: 2 });
    if ('type' in type) return valueOf(type.type, name, named);
  }
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 99, 6003), fc.integer());
    case 'long':
      return fc.oneof(
        {
          weight: 9,
          arbitrary: fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 0, 1) }),
        },
        { weight: 1, arbitrary: fc.maxSafeInteger().map((value) => Math.trunc(value * 0.999)) },
      );
    case 'double':
      return fc.double();
    case 'bytes':
    case 'string': {
      const isPayload = name.endsWith('_data');
      const text =
        name === 'provider'
          ? fc.constantFrom('AWS', 'gcp', 'Azure')
          : isPayload
            ? payloadText
            : name === 'uid' || name === 'operation' || name === 'name'
              ? fc.oneof(
                  { weight: 9, arbitrary: fc.constantFrom('4a5b', 'RunInstances20160101') },
                  { weight: 1, arbitrary: anyText },
                )
              : someText;
      return type === 'string' ? text : text.map((each) => Buffer.from(each));
    }
    default: {
      const known = named.get(String(type));
      if (known === undefined) throw new Error(`No values for ${String(type)}.`);
      return valueOf(known, name, named);
    }
  }
};

const namedRecords = (type: unknown): ReadonlyMap<string, unknown> => {
  const named = new Map<string, unknown>();
  mapRecords(type, (record) => {
    named.set(record.name, record);
    return record;
  });
  return named;
};

interface Look {
  readonly reader: AvroEventReader;
  readonly byAvsc: ReturnType<typeof eventByAvsc>;
}

const lookAt = (writer: AvroSchema): Look => ({
  reader: new AvroEventReader(writer, parseAvroSchema(latest), {
    members: new SharedBytes<MadeMember>({ entries: 50, bytes: 4_096 }),
    output: new JsonOutput(),
    maxDepth: MAX_DEPTH,
  }),
  byAvsc: eventByAvsc(writer, latest, MAX_DEPTH),
});

const GETTERS = [
  'id',
  'time',
  'provider',
  'service',
  'operation',
  'activityId',
  'statusId',
  'statusCode',
  'readOnly',
  'dataEvent',
  'recordType',
  'account',
  'region',
  'actor',
  'sourceIp',
  'userAgent',
  'fromConsole',
  'resources',
] as const satisfies readonly (keyof AuditEvent)[];

const expectSame = ({ reader, byAvsc }: Look, payload: Buffer): 'event' | 'failure' => {
  const { events, failures, isHarmless } = reader.read(payload);
  const expected = byAvsc(payload);
  const [event] = events;
  if (event === undefined || isFailure(expected)) {
    expect(failures).toEqual([expected]);
    return 'failure';
  }
  if (isHarmless === true) expect(rawForm(Buffer.from(event.raw))).toBe('object');
  expect(Buffer.from(event.raw).toString()).toBe(Buffer.from(expected.view.raw).toString());
  for (const getter of GETTERS) expect(event[getter]).toEqual(expected.view[getter]);
  expect(event.request).toEqual(expected.request);
  expect(event.response).toEqual(expected.response);
  return 'event';
};

describe.each(Object.entries(WRITERS))('an audit event of a writer with %s', (_name, type) => {
  const writer = parseAvroSchema(JSON.stringify(type));
  const values = valueOf(type, '', namedRecords(type)).map((value) => writer.type.toBuffer(value));
  const look = lookAt(writer);

  it('is read as avsc and JSON.stringify do it, byte for byte, also the second time', () => {
    let events = 0;
    fc.assert(
      fc.property(values, (payload) => {
        if (expectSame(look, payload) === 'event') events += 1;
        expectSame(look, payload);
      }),
      { numRuns: 60 },
    );
    expect(events).toBeGreaterThan(10);
  });

  it('is refused for the same reason where bytes of it are others', () => {
    let failures = 0;
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(values, fc.array(change, { minLength: 1, maxLength: 3 }), (payload, changes) => {
        const value = Buffer.from(payload);
        for (const [at, byte] of changes) value[at % value.length] = byte;
        if (expectSame(look, value) === 'failure') failures += 1;
      }),
      { numRuns: 100 },
    );
    expect(failures).toBeGreaterThan(10);
  });
});
