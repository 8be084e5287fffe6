import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import type { DecodedRecord } from '../../../src/codec/decoded-record.ts';
import { sha256 } from '../../../src/codec/search-document.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { valueAt } from '../../support/source-records.ts';
import { aliasTargets, mappingFaults, readTemplate } from './mapping.ts';
import { asCandidate, asRead, cloudTrailText, eventOf, eventsOf } from './processed-events.ts';

const template = readTemplate('audit-events');
const origin = { topic: 'audit.events', partition: 3, offset: '9007199254740993' };
const EVENTS = new URL('../../../../shared/data/events/', import.meta.url);

const documentOf = (text: string) => auditDocument(asCandidate(eventOf(text)), origin);
const contentOf = (body: Buffer) => JSON.parse(body.toString()) as JsonObject;

describe('auditDocument', () => {
  it('is placed by the day of the event and created once under its id', () => {
    const document = documentOf(cloudTrailText());
    expect(document).toMatchObject({
      index: 'audit-events-2026.01.31',
      id: 'aws:111122223333:4a5b',
      write: 'create',
      hash: sha256(cloudTrailText()),
    });
  });

  it('holds the record as received', () => {
    const text = cloudTrailText({ requestParameters: { n: 'N' } }).replace('"N"', '1.10e0');
    const { body } = documentOf(text);
    expect(body.toString().endsWith(`,"raw":${text}}`)).toBe(true);
  });

  it('tells who, what, where and what became of it under OCSF names', () => {
    expect(contentOf(documentOf(cloudTrailText()).body)).toMatchObject({
      time: Date.UTC(2026, 0, 31, 23, 59, 59),
      class_uid: 6003,
      activity_id: 3,
      type_uid: 600_303,
      status: 'Failure',
      api: { operation: 'AuthorizeSecurityGroupIngress', service: { name: 'ec2.amazonaws.com' } },
      actor: {
        user: { uid: 'arn:aws:sts::111122223333:assumed-role/Admin/kim', name: 'kim' },
        session: { issuer: 'arn:aws:iam::111122223333:role/Admin', is_mfa: true },
      },
      src_endpoint: { ip: '198.51.100.7' },
      raw_data_hash: { algorithm_id: 3 },
      driftline: {
        outcome: 'candidate',
        candidate_ids: ['c0ffee'],
        owners: [{ address: 'module.edge.aws_security_group.web["a"]' }],
        unmapped: true,
        offset: '9007199254740993',
      },
    });
  });

  it('lists what the act speaks of, once each; of a read only what is cheap to have', () => {
    const event = eventOf(cloudTrailText());
    const mutating = contentOf(auditDocument(asCandidate(event), origin).body).entities;
    expect(mutating).toEqual(expect.arrayContaining(['sg-0a1b', 'sgr-1', 'kim', '198.51.100.7']));
    expect(mutating).not.toContain('free text here');
    expect(new Set(mutating as string[]).size).toBe((mutating as string[]).length);
    const read = contentOf(auditDocument(asRead(event), origin).body).entities;
    expect(read).toContain('kim');
    expect(read).not.toContain('sgr-1');
  });

  it('lists what has no inverted index of its own and is searched for by its entity', () => {
    for (const source of ['198.51.100.7', 'cloudformation.amazonaws.com', 'AWS Internal']) {
      const event = eventOf(cloudTrailText({ sourceIPAddress: source }));
      for (const processed of [asRead(event), asCandidate(event)]) {
        const content = contentOf(auditDocument(processed, origin).body);
        const entities = content.entities as readonly string[];
        const searched: readonly string[] = [
          ...['actor.session.uid', 'actor.session.issuer', 'actor.user.uid'],
          ...['actor.user.credential_uid', 'cloud.account.uid', 'driftline.source_identity'],
          ...['driftline.principal', 'src_endpoint.domain', 'src_endpoint.svc_name'],
          'resources.0.uid',
        ].flatMap((path) => (valueAt(content, path) as string | undefined) ?? []);
        expect(searched.length).toBeGreaterThan(6);
        expect(searched.filter((value) => !entities.includes(value))).toEqual([]);
      }
    }
  });

  it('bounds the entities', () => {
    const ids = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`a${i}Id`, `id-${i}`]));
    const { entities } = contentOf(documentOf(cloudTrailText({ requestParameters: ids })).body);
    expect(entities).toHaveLength((entities as string[]).length);
    expect((entities as string[]).length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['198.51.100.7', { ip: '198.51.100.7' }],
    ['2001:db8::1', { ip: '2001:db8::1' }],
    ['fe80::1%eth0', { domain: 'fe80::1%eth0' }],
    ['cloudformation.amazonaws.com', { svc_name: 'cloudformation.amazonaws.com' }],
    ['AWS Internal', { domain: 'AWS Internal' }],
  ])('puts the source %s where its type is', (source, endpoint) => {
    const { body } = documentOf(cloudTrailText({ sourceIPAddress: source }));
    expect(contentOf(body).src_endpoint).toEqual({ name: source, ...endpoint });
  });

  it('says of whom and whence what OCSF requires, also where the record tells neither', () => {
    const text = cloudTrailText({ sourceIPAddress: undefined, userIdentity: {} });
    expect(contentOf(documentOf(text).body)).toMatchObject({
      actor: { user: { name: 'Unknown' } },
      src_endpoint: { name: 'Unknown' },
      metadata: { product: { name: 'CloudTrail', vendor_name: 'AWS' } },
    });
  });

  it('flags a document whose id another act has', () => {
    const processed = asRead(eventOf(cloudTrailText()));
    const { body } = auditDocument(processed, origin, { conflictOf: 'aws:111122223333:4a5b' });
    expect(contentOf(body)).toHaveProperty('driftline.id_conflict', 'aws:111122223333:4a5b');
  });

  it('is the same for the same record', () => {
    expect(documentOf(cloudTrailText())).toEqual(documentOf(cloudTrailText()));
  });

  it('hashes an id that OpenSearch would not take', () => {
    const event = { ...asRead(eventOf(cloudTrailText())) };
    const long = new Proxy(event.event, {
      get: (target, name): unknown =>
        name === 'id' ? 'é'.repeat(300) : Reflect.get(target, name, target),
    });
    expect(auditDocument({ ...event, event: long }, origin).id).toBe(sha256('é'.repeat(300)));
  });
});

describe('auditDocument: what comes from outside cannot harm the index', () => {
  it.each([
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['__proto__ with escapes', '{"\\u005f_proto__":{"a":1}}'],
    ['constructor', '{"a":[{"constructor" : {"prototype":1}}]}'],
    ['constructor with escapes', '{"c\\u006fnstructor":{"prototype":1}}'],
    ['a key of 60 KB', `{"${'k'.repeat(60_000)}":1}`],
  ])('keeps a record with the key %s as text, byte for byte', (_name, request) => {
    const text = cloudTrailText({ requestParameters: 'P' }).replace('"P"', request);
    const document = documentOf(text);
    const content = contentOf(document.body);
    expect(content).not.toHaveProperty('raw');
    expect(content.raw_data).toBe(text);
    expect(content).toHaveProperty('driftline.raw_as_text', true);
    expect(document.hash).toBe(sha256(text));
    expect(mappingFaults(document.body, template)).toEqual([]);
  });

  it.each([
    '{"a":"__proto__"}',
    '{"a":"say \\"__proto__\\": x"}',
    '{"u":"\\u0026\\u003c"}',
    `{"v":"${'k'.repeat(60_000)}"}`,
    '{"":1,".":2,"a..b":3,"a.":4}',
  ])('keeps %s as it is', (request) => {
    const text = cloudTrailText({ requestParameters: 'P' }).replace('"P"', request);
    expect(documentOf(text).body.toString()).toContain(`"raw":${text}}`);
  });

  it('bounds long values and mends lone surrogates in indexed fields', () => {
    const text = cloudTrailText({ userAgent: 'x'.repeat(40_000), errorCode: 'a\ud800' });
    const content = contentOf(documentOf(text).body);
    expect(content).toHaveProperty('http_request.user_agent', 'x'.repeat(2_048));
    expect(content).toHaveProperty('status_code', 'a\ufffd');
  });

  it('is one line of JSON that fits the mapping, whatever a field of the record holds', () => {
    const names = Object.keys(JSON.parse(cloudTrailText()) as object);
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\u2028', '\u0000', '\u001b[31m', '0.0.0.0/0', '::1', 'true'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), value, (name, given) => {
        for (const event of eventsOf(cloudTrailText({ [name]: given }))) {
          for (const processed of [asRead(event), asCandidate(event)]) {
            const { body, id } = auditDocument(processed, origin);
            expect(body.includes(0x0a)).toBe(false);
            expect(Buffer.byteLength(id)).toBeLessThanOrEqual(512);
            expect(mappingFaults(body, template)).toEqual([]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the template of audit events', () => {
  it('refuses fields that it does not know', () => {
    expect(template.template.mappings.dynamic).toBe('strict');
    expect(mappingFaults(Buffer.from('{"other":1}'), template)).toHaveLength(1);
  });

  it.each(['audit-events', 'drift-candidates', 'desired-state'])(
    'has aliases for fields that are there: %s',
    (name) => {
      const targets = aliasTargets(readTemplate(name));
      expect(targets.size).toBeGreaterThan(10);
      for (const [alias, type] of targets) expect(type, alias).toBeDefined();
    },
  );

  it('lets the names of ECS and those of the candidates be used', () => {
    const targets = aliasTargets(template);
    for (const name of [
      'event.action',
      'event.outcome',
      'user.name',
      'source.ip',
      'cloud.account.id',
      'user_agent.original',
      'threat.technique.id',
      'resource.key',
      'actor.principal',
      'candidate_id',
    ]) {
      expect(targets.get(name), name).toBeDefined();
    }
  });
});

const skipped = !existsSync(EVENTS);
describe.skipIf(skipped)(`real events${skipped ? ` (skipped: no ${EVENTS.pathname})` : ''}`, () => {
  const files = skipped
    ? []
    : readdirSync(EVENTS).filter((name) => name.includes('cloudtrail.ndjson'));

  it('are documents that fit the mapping, but for records without a time or an id', () => {
    let lines = 0;
    let events = 0;
    for (const name of files) {
      for (const line of readFileSync(new URL(name, EVENTS), 'utf8').split('\n').filter(Boolean)) {
        lines += 1;
        const decoded = decodeRecord(Buffer.from(line)) as DecodedRecord;
        for (const { reason, message } of decoded.failures) {
          expect(reason).toBe('invalid_event');
          expect(message).toMatch(/event(Time|ID)/);
        }
        for (const event of decoded.events) {
          events += 1;
          expect(line).toContain(Buffer.from(event.raw).toString());
          for (const processed of [asRead(event), asCandidate(event)]) {
            expect(mappingFaults(auditDocument(processed, origin).body, template)).toEqual([]);
          }
        }
      }
    }
    // The others are rule tests with placeholders, and records that Logstash took the time out of.
    expect(events).toBeGreaterThan(lines * 0.8);
  }, 20_000);
});
