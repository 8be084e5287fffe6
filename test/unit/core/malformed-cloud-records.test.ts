import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { DEAD_LETTER_REASONS, OUTCOMES } from '../../../src/core/model/outcome.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { OUTCOME_REASONS, processEvent } from '../../../src/core/process-event.ts';
import { createBegunCalls } from '../../../src/pipeline/begun-calls.ts';
import { contextOver, decoded, ownedBy } from '../../support/cloud-detection.ts';
import {
  AZURE_NSG,
  FIREWALL,
  PROJECT,
  auditEntry,
  eventHubRecord,
  restRecord,
  sdkRecord,
} from '../../support/cloud-fixtures.ts';
import { putAnywhere } from '../../support/put-anywhere.ts';
import { hasSharedData, sharedData } from '../../support/shared-data.ts';

const context = contextOver([
  ownedBy('azure', 'azurerm_network_security_group', { id: AZURE_NSG, security_rule: [] }),
  ownedBy('gcp', 'google_compute_firewall', { id: FIREWALL, project: PROJECT }),
]);
const calls = createBegunCalls({ maxCalls: 10 });

interface Account {
  readonly outcomes: readonly ProcessedEvent[];
  readonly reasons: readonly string[];
}

/** Each event has one outcome of the list, and a document; each failure a reason of the list, and says where. */
const accountFor = (value: Buffer): Account => {
  const { events, failures } = calls.join(decoded(value));
  expect(events.length + failures.length).toBeGreaterThan(0);
  const outcomes = events.map((event) => processEvent(event, context));
  for (const processed of outcomes) {
    expect(OUTCOMES).toContain(processed.outcome);
    const known: readonly string[] =
      processed.outcome === 'ignored' ? [] : OUTCOME_REASONS[processed.outcome];
    expect(known).toContain(processed.reason);
    const { body } = auditDocument(processed, undefined);
    expect(JSON.parse(body.toString())).toMatchObject({
      driftline: { outcome: processed.outcome },
    });
  }
  for (const { reason, message } of failures) {
    expect(DEAD_LETTER_REASONS).toContain(reason);
    expect(message).not.toBe('');
  }
  return { outcomes, reasons: failures.map(({ reason }) => reason) };
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const nested = '['.repeat(500) + ']'.repeat(500);
const long = 'x'.repeat(200_000);

/** What became of it: the outcome, or the reason of the failure. */
const fate = (value: Buffer): string => {
  const { outcomes, reasons } = accountFor(value);
  return outcomes[0]?.outcome ?? reasons[0] ?? '';
};

const azure = (more: object): Buffer => json(eventHubRecord(more));

describe('a record of Azure, malformed', () => {
  it.each<readonly [string, Buffer, string]>([
    ['no operation', azure({ operationName: undefined }), 'unknown_format'],
    ['an operation that is a number', azure({ operationName: 1 }), 'invalid_event'],
    ['an operation without end', azure({ operationName: long }), 'invalid_event'],
    ['no time', azure({ time: undefined }), 'invalid_event'],
    ['a time of another age', azure({ time: '1066-10-14T09:00:00Z' }), 'invalid_event'],
    ['a time that is an object', azure({ time: { value: 1 } }), 'invalid_event'],
    ['no resource', azure({ resourceId: undefined, identity: undefined }), 'unresolved'],
    ['a resource that is a list', azure({ resourceId: [AZURE_NSG], identity: {} }), 'unresolved'],
    ['a resource without end', azure({ resourceId: `/subscriptions/${long}` }), 'unresolved'],
    ['a resource of slashes', azure({ resourceId: '/'.repeat(3_000) }), 'unresolved'],
    [
      'a subscription with spaces',
      azure({ resourceId: '/subscriptions/a b/x/y' }),
      'invalid_event',
    ],
    ['claims that are a text', azure({ identity: { claims: 'none' } }), 'candidate'],
    ['an identity that is a list', azure({ identity: [1, 2] }), 'candidate'],
    ['a status that is an object', azure({ resultType: { a: 1 } }), 'candidate'],
    ['properties that are broken JSON', azure({ properties: '{"requestbody":' }), 'candidate'],
    ['a body that is broken JSON', azure({ properties: { requestbody: '{"a"' } }), 'candidate'],
    ['a body nested too deep', azure({ properties: { requestbody: nested } }), 'candidate'],
    [
      'a body of the wrong shape',
      azure({ properties: { requestbody: '[[1],{"properties":7}]' } }),
      'candidate',
    ],
    [
      'prototype keys',
      azure({ properties: { requestbody: '{"__proto__":{"x":1},"constructor":1}' } }),
      'candidate',
    ],
    ['lone surrogates', azure({ correlationId: '\ud800', location: '\udfff' }), 'candidate'],
    ['a huge member', azure({ description: long }), 'candidate'],
    ['another encoding', Buffer.from(JSON.stringify(eventHubRecord()), 'utf16le'), 'not_json'],
    [
      'Latin-1',
      Buffer.concat([Buffer.from('{"operationName":"'), Buffer.from([0xe9]), Buffer.from('"}')]),
      'not_json',
    ],
    ['nesting', Buffer.from(`{"operationName":"a","resourceId":${nested}}`), 'too_deep'],
  ])('%s is accounted for', (_name, value, expected) => {
    expect(fate(value)).toBe(expected);
  });
});

const entry = (more: object, payload: object = {}): Buffer => json(auditEntry(more, payload));

describe('an entry of Google, malformed', () => {
  it.each<readonly [string, Buffer, string]>([
    ['no payload', entry({ protoPayload: undefined }), 'invalid_event'],
    ['a payload that is a list', entry({ protoPayload: [] }), 'invalid_event'],
    ['no service', entry({}, { serviceName: undefined }), 'invalid_event'],
    ['a service without end', entry({}, { serviceName: long }), 'invalid_event'],
    ['no method', entry({}, { methodName: null }), 'invalid_event'],
    ['a method of dots', entry({}, { methodName: '....' }), 'candidate'],
    ['no time', entry({ timestamp: undefined, receiveTimestamp: undefined }), 'invalid_event'],
    [
      'a time that is a number',
      entry({ timestamp: 1_700_000_000, receiveTimestamp: 7 }),
      'invalid_event',
    ],
    ['no insertId', entry({ insertId: undefined }), 'candidate'],
    ['an insertId that is an object', entry({ insertId: {} }), 'invalid_event'],
    ['a log of no kind', entry({ logName: 'x' }), 'candidate'],
    [
      'no resource name',
      entry({}, { resourceName: undefined, authorizationInfo: 'x' }),
      'unresolved',
    ],
    ['a resource name without end', entry({}, { resourceName: `projects/${long}` }), 'unresolved'],
    ['a resource of slashes', entry({}, { resourceName: '/'.repeat(3_000) }), 'unresolved'],
    ['labels that are a text', entry({ resource: { labels: 'x' } }), 'candidate'],
    ['a status that is a text', entry({}, { status: 'bad' }), 'candidate'],
    ['a status code that is a text', entry({}, { status: { code: 'PERMISSION' } }), 'failed'],
    [
      'a request of the wrong shape',
      entry({}, { request: { alloweds: 7, sourceRanges: { a: [] } } }),
      'candidate',
    ],
    [
      'deltas of the wrong shape',
      entry(
        {},
        {
          methodName: 'SetIamPolicy',
          serviceName: 'cloudresourcemanager.googleapis.com',
          resourceName: `projects/${PROJECT}`,
          serviceData: { policyDelta: { bindingDeltas: [7, null, [], { action: 1 }] } },
        },
      ),
      'unresolved',
    ],
    ['an actor that is a list', entry({}, { authenticationInfo: [[]] }), 'candidate'],
    ['an operation that is a text', entry({ operation: 'x' }), 'candidate'],
    [
      'prototype keys',
      Buffer.from(
        JSON.stringify(auditEntry({}, { metadata: 'M' })).replace('"M"', '{"__proto__":{"x":1}}'),
      ),
      'candidate',
    ],
    ['a huge member', entry({}, { request: { description: long } }), 'candidate'],
    ['another encoding', Buffer.from(JSON.stringify(auditEntry()), 'utf16le'), 'not_json'],
    ['nesting', Buffer.from(`{"logName":"a","protoPayload":${nested}}`), 'too_deep'],
  ])('%s is accounted for', (_name, value, expected) => {
    expect(fate(value)).toBe(expected);
  });
});

describe('a record of any shape', () => {
  const records = [eventHubRecord(), restRecord(), sdkRecord(), auditEntry()];
  const place = fc.array(fc.nat(20), { minLength: 1, maxLength: 5 });

  it('is accounted for, whatever stands in whichever place', () => {
    fc.assert(
      fc.property(fc.nat(3), place, fc.jsonValue(), (number, path, value) => {
        accountFor(json(putAnywhere(records[number], path, value)));
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same twice', () => {
    fc.assert(
      fc.property(fc.nat(3), place, fc.jsonValue(), (number, path, value) => {
        const bytes = json(putAnywhere(records[number], path, value));
        const told = ({ outcomes, reasons }: Account): unknown => [
          outcomes.map(({ event, outcome, reason, candidates }) => [
            event.id,
            outcome,
            reason,
            candidates,
          ]),
          reasons,
        ];
        expect(told(accountFor(bytes))).toEqual(told(accountFor(bytes)));
      }),
      { numRuns: 100 },
    );
  });
});

const files = hasSharedData
  ? readdirSync(sharedData('events')).filter((name) => /(?:azure.*|gcp)\.ndjson$/.test(name))
  : [];

describe.skipIf(!hasSharedData)('real records of Azure and Google', () => {
  it.each(files)('%s: each ends in one outcome, or as a dead letter that says why', (name) => {
    const lines = readFileSync(sharedData(`events/${name}`), 'utf8')
      .split('\n')
      .filter(Boolean);
    let events = 0;
    const reasons: string[] = [];
    for (const line of lines) {
      const account = accountFor(Buffer.from(line));
      events += account.outcomes.length;
      reasons.push(...account.reasons);
    }
    expect(events + reasons.length).toBe(lines.length);
    // Records cut down for tests of rules lack a time or a service; other logs are no audit events.
    expect(
      reasons.filter((reason) => reason !== 'invalid_event' && reason !== 'unknown_format'),
    ).toEqual([]);
  });
});
