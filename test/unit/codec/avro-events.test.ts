import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { singleObjectHeader, wireFormatHeader } from '../../../src/codec/avro-framing.ts';
import { AvroEvents } from '../../../src/codec/avro-events.ts';
import { parseAvroSchema } from '../../../src/codec/avro-schema.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import type { DecodedRecord } from '../../../src/codec/decoded-record.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import type { SchemaRegistry } from '../../../src/codec/schema-registry.ts';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import { mappingFaults, readTemplate } from './mapping.ts';
import { asCandidate, cloudTrailText, eventOf } from './processed-events.ts';

const texts = loadSchemas()['audit-event'];
const schema = parseAvroSchema(texts[0]);
const avro = new AvroEvents({ schemas: texts });

const full = {
  activity_id: 3,
  time: Date.UTC(2026, 0, 31, 23, 59, 59),
  status_id: 1,
  status_code: null,
  metadata: { uid: '4a5b', event_code: 'AwsApiCall' },
  cloud: { provider: 'AWS', account: { uid: '111122223333' }, region: 'eu-central-1' },
  api: {
    operation: 'AuthorizeSecurityGroupIngress',
    service: { name: 'ec2.amazonaws.com' },
  },
  unmapped: { readOnly: false, sessionCredentialFromConsole: true },
  actor: {
    user: {
      type: 'AssumedRole',
      uid: 'arn:aws:sts::111122223333:assumed-role/Admin/kim',
      credential_uid: 'ASIA',
    },
    session: { uid: 'AROA:kim/ASIA', issuer: 'arn:aws:iam::111122223333:role/Admin', is_mfa: true },
    invoked_by: 'cloudformation.amazonaws.com',
  },
  src_endpoint: { ip: '198.51.100.7' },
  http_request: { user_agent: 'Mozilla/5.0' },
  resources: [{ uid: 'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-0a1b' }],
  request_data: '{"groupId":"sg-0a1b","big":9007199254740993}',
  response_data: 'null',
};
const bare = {
  time: full.time,
  metadata: { uid: 'u' },
  cloud: { provider: 'gcp' },
  api: { operation: 'SetIamPolicy', service: { name: 'iam.googleapis.com' } },
};

const encode = (event: object): Buffer =>
  Buffer.concat([singleObjectHeader(schema.fingerprint), schema.type.toBuffer(event)]);

const decode = (value: Buffer): DecodedRecord => {
  const decoded = decodeRecord(value, { avro });
  if (decoded instanceof Promise) throw new Error('Expected an answer without waiting.');
  return decoded;
};

const only = (decoded: DecodedRecord): AuditEvent => {
  expect(decoded.failures).toEqual([]);
  const [event] = decoded.events;
  if (event === undefined) throw new Error('Expected one audit event.');
  return event;
};

const rawOf = (event: AuditEvent): string => Buffer.from(event.raw).toString();

describe('an audit event in Avro', () => {
  it('is the act that it tells of', () => {
    const event = only(decode(encode(full)));
    expect(event.id).toBe('aws:111122223333:4a5b');
    expect(event.time).toBe(full.time);
    expect([event.provider, event.operation, event.activityId, event.statusId]).toEqual([
      'aws',
      'AuthorizeSecurityGroupIngress',
      3,
      1,
    ]);
    expect([event.readOnly, event.fromConsole, event.recordType]).toEqual([
      false,
      true,
      'AwsApiCall',
    ]);
    expect(event.actor).toMatchObject({
      userName: 'kim',
      sessionUid: 'AROA:kim/ASIA',
      sessionIssuer: 'arn:aws:iam::111122223333:role/Admin',
      sessionMfa: true,
      invokedBy: 'cloudformation.amazonaws.com',
    });
    expect([event.sourceIp, event.userAgent]).toEqual(['198.51.100.7', 'Mozilla/5.0']);
    expect(event.resources.map(({ uid }) => uid)).toEqual([full.resources[0]?.uid]);
    expect(event.request).toEqual({ groupId: 'sg-0a1b', big: '9007199254740993' });
    expect(event.response).toBeUndefined();
  });

  it('has the same id as the record of the provider, so that both meet', () => {
    expect(only(decode(encode(full))).id).toBe(eventOf(cloudTrailText()).id);
  });

  it('keeps the record that it carries, byte for byte', () => {
    const raw = cloudTrailText();
    expect(rawOf(only(decode(encode({ ...full, raw_data: raw }))))).toBe(raw);
  });

  it('is kept as OCSF JSON where it carries no record, numbers as they are written', () => {
    const raw = rawOf(only(decode(encode(full))));
    expect(raw).toContain(`"request":{"data":${full.request_data}}`);
    expect(eventOf(raw).id).toBe('aws:111122223333:4a5b');
    expect(eventOf(raw).request).toEqual({ groupId: 'sg-0a1b', big: '9007199254740993' });
  });

  it.each(['not json', '{"a":', '7', '['.repeat(100)])('keeps a carried text %s too', (text) => {
    const raw = rawOf(only(decode(encode({ ...bare, raw_data: text }))));
    expect((JSON.parse(raw) as { raw_data: string }).raw_data).toBe(text);
  });

  it('needs no more than what every event has', () => {
    const event = only(decode(encode(bare)));
    expect(event.id).toBe('gcp::u');
    expect([event.request, event.response, event.resources]).toEqual([undefined, undefined, []]);
    expect(JSON.parse(rawOf(event))).toMatchObject({ class_uid: 6003, time: full.time });
  });

  it('takes a request that is no JSON, or nested too deep, for a text', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    for (const text of ['{"a":', deep]) {
      const event = only(decode(encode({ ...bare, request_data: text })));
      expect(event.request).toBe(text);
      expect(JSON.parse(rawOf(event))).toBeTypeOf('object');
    }
  });

  it('is known to do no harm in a document where its texts are plain JSON', () => {
    expect(decode(encode(full)).isHarmless).toBe(true);
    expect(decode(encode({ ...full, raw_data: cloudTrailText() })).isHarmless).toBe(true);
    const harmful = '{"__proto__":1}';
    expect(decode(encode({ ...full, request_data: harmful })).isHarmless).toBeUndefined();
    expect(decode(encode({ ...full, raw_data: harmful })).isHarmless).toBeUndefined();
  });

  it('makes documents that fit the mapping', () => {
    const template = readTemplate('audit-events');
    for (const sample of [full, bare, { ...full, raw_data: cloudTrailText() }]) {
      const { body } = auditDocument(asCandidate(only(decode(encode(sample)))), undefined);
      expect(mappingFaults(body, template)).toEqual([]);
    }
  });

  it('keeps any texts as they are, on one line', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, fc.jsonValue(), (agent, account, request) => {
        const json = JSON.stringify(request, null, 1);
        const event = only(
          decode(
            encode({
              ...full,
              http_request: { user_agent: agent },
              request_data: json,
              actor: { user: { name: account } },
            }),
          ),
        );
        expect(event.userAgent).toBe(agent);
        expect(event.actor.userName).toBe(account);
        const raw = rawOf(event);
        expect(raw).not.toMatch(/[\r\n]/);
        const kept = JSON.parse(raw) as { api: { request: { data: unknown } } };
        expect(JSON.stringify(kept.api.request.data)).toBe(JSON.stringify(JSON.parse(json)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a writer of another version', () => {
  interface Fields {
    readonly fields: readonly { readonly name: string; readonly type: unknown }[];
  }
  const written = JSON.parse(texts[0]) as Fields;
  const registryOf = (text: string, schemaType = 'AVRO'): SchemaRegistry => ({
    schemaById: async () => ({ schema: text, schemaType, hasReferences: false }),
    find: async () => 1,
    register: async () => 1,
  });
  const decodeWith = async (text: string, event: object): Promise<DecodedRecord> => {
    const value = Buffer.concat([wireFormatHeader(1), parseAvroSchema(text).type.toBuffer(event)]);
    const events = new AvroEvents({ schemas: texts, registry: registryOf(text) });
    return decodeRecord(value, { avro: events });
  };

  it('may have more fields, also before ours', async () => {
    const extra = { name: 'labels', type: { type: 'array', items: 'string' } };
    const text = JSON.stringify({ ...written, fields: [extra, ...written.fields] });
    const decoded = await decodeWith(text, { ...full, labels: ['a', 'b'] });
    expect(only(decoded).request).toMatchObject({ groupId: 'sg-0a1b' });
  });

  it('may lack fields that have a default', async () => {
    const fields = written.fields.filter(({ name }) => !['resources', 'raw_data'].includes(name));
    expect(only(await decodeWith(JSON.stringify({ ...written, fields }), full)).resources).toEqual(
      [],
    );
  });

  it('that lacks a field without a default is an unknown schema', async () => {
    const fields = written.fields.filter(({ name }) => name !== 'time');
    const decoded = await decodeWith(JSON.stringify({ ...written, fields }), full);
    expect(decoded.failures).toMatchObject([{ reason: 'unknown_schema' }]);
  });

  it('is asked for once', async () => {
    let asked = 0;
    const registry: SchemaRegistry = {
      ...registryOf(texts[0]),
      schemaById: async () => {
        asked += 1;
        return { schema: texts[0], schemaType: 'AVRO', hasReferences: false };
      },
    };
    const events = new AvroEvents({ schemas: texts, registry });
    const value = Buffer.concat([wireFormatHeader(7), schema.type.toBuffer(bare)]);
    only(await events.decode(value));
    only(events.decode(value) as DecodedRecord);
    expect(asked).toBe(1);
  });

  it('in JSON Schema or Protobuf is an unknown schema', async () => {
    const events = new AvroEvents({ schemas: texts, registry: registryOf('{}', 'PROTOBUF') });
    const decoded = await events.decode(Buffer.from([0, 0, 0, 0, 1, 2]));
    expect(decoded.failures).toMatchObject([{ reason: 'unknown_schema' }]);
  });

  it('that cannot be had now is no failure of the record', async () => {
    const down: SchemaRegistry = {
      ...registryOf(''),
      schemaById: () => Promise.reject(new Error('down')),
    };
    const events = new AvroEvents({ schemas: texts, registry: down });
    await expect(events.decode(Buffer.from([0, 0, 0, 0, 1, 2]))).rejects.toThrow('down');
  });
});

describe('hostile Avro', () => {
  it.each([
    ['no time', { ...bare, time: 0 }],
    ['a time of the year 9999', { ...bare, time: Date.UTC(9999, 0, 1) }],
    ['an unknown provider', { ...bare, cloud: { provider: 'nobody' } }],
    ['an id with spaces', { ...bare, metadata: { uid: 'a b' } }],
  ])('with %s is an invalid event', (_name, event) => {
    expect(decode(encode(event)).failures).toMatchObject([{ reason: 'invalid_event' }]);
  });

  it('is events or failures, never a throw, also when it is looked at', () => {
    const good = encode({ ...full, raw_data: cloudTrailText() });
    const change = fc.tuple(fc.integer({ min: 10, max: good.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const value = Buffer.from(good);
        for (const [at, byte] of changes) value[at] = byte;
        const { events, failures } = decode(value);
        expect(events.length + failures.length).toBe(1);
        for (const event of events) {
          expect(auditDocument(asCandidate(event), undefined).body.includes(0x0a)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
