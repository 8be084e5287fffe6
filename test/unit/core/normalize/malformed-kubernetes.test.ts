import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditDocument } from '../../../../src/codec/audit-document.ts';
import { decodeRecord } from '../../../../src/codec/decode-record.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { redactedValue } from '../../../../src/core/model/redacted-value.ts';
import { DEAD_LETTER_REASONS, OUTCOMES } from '../../../../src/core/model/outcome.ts';
import { OUTCOME_REASONS, processEvent } from '../../../../src/core/process-event.ts';
import { KUBERNETES_LAYOUTS } from '../../../support/kubernetes-layouts.ts';
import { kubernetesRecordWith } from '../../../support/kubernetes-records.ts';
import { putAnywhere } from '../../../support/put-anywhere.ts';
import { desiredResource, secretHash, webResource } from '../detect/objects/owned-object.ts';
import { contextOf, desired } from '../sample-context.ts';

const deep = (levels: number): JsonValue =>
  levels === 0 ? 1 : levels % 2 === 0 ? { a: deep(levels - 1) } : [deep(levels - 1)];

const EVERYWHERE: Readonly<Record<string, JsonValue>> = {
  null: null,
  'a number': 2 ** 60,
  'a boolean': true,
  'an empty text': '',
  'a long text': 'x'.repeat(20_000),
  'text of controls and halves': '\u0000\ud800\u202e\n',
  'a list': [[], {}, null],
  'an empty object': {},
  'an object of odd names': { constructor: 1, toString: 2, hasOwnProperty: 3 },
  'a deep value': deep(40),
  'a list of many': Array.from({ length: 2_000 }, (_each, index) => ({ op: 'add', path: index })),
};

const FIELDS = [
  ...['auditID', 'verb', 'stage', 'stageTimestamp', 'objectRef', 'user', 'requestObject'],
  ...['responseObject', 'responseStatus', 'sourceIPs', 'requestURI', 'cluster', 'annotations'],
];

const PATCHES: Readonly<Record<string, JsonValue>> = {
  'operations that are none': [null, 1, 'x', [], {}, { op: 'add' }, { op: 7, path: {} }],
  'pointers that lead nowhere': [
    { op: 'add', path: 'no-slash', value: 1 },
    { op: 'remove', path: '' },
    { op: 'replace', path: '/spec/template/spec/containers/99999/image', value: 1 },
    { op: 'replace', path: `/${'a/'.repeat(200)}`, value: 1 },
    { op: 'move', from: '/~2', path: '/~01' },
  ],
  'directives of any type': {
    $patch: ['delete'],
    spec: { $retainKeys: 'x', $patch: 'frobnicate', '$deleteFromPrimitiveList/x': {} },
  },
  'an object where code has a list': {
    spec: { template: { spec: { containers: { name: 'web' } } } },
  },
  'a list where code has an object': { spec: [{ replicas: 1 }], metadata: [{ labels: 1 }] },
  'elements without keys': { spec: { template: { spec: { containers: [1, null, {}, []] } } } },
};

const secret = desiredResource(
  'kubernetes:core/secrets/shop/db',
  {
    metadata: [{ name: 'db', namespace: 'shop' }],
    data: redactedValue({ password: 'hunter2' }, secretHash),
    binary_data: redactedValue({ cert: 'gICA' }, secretHash),
  },
  { type: 'kubernetes_secret_v1' },
);
const variable = desired('tfe_variable', 'var-1', { provider: 'terraform', account: 'org-1' });
const context = contextOf([webResource, secret, variable], { secretHash });

/** Each event has one outcome and reason of the lists, and a document; each failure a reason of the list. */
const isSound = (value: Buffer): readonly string[] => {
  const decoded = decodeRecord(value);
  if (decoded instanceof Promise) throw new Error('No schema is configured.');
  expect(decoded.events.length + decoded.failures.length).toBeGreaterThan(0);
  for (const { reason, message } of decoded.failures) {
    expect(DEAD_LETTER_REASONS).toContain(reason);
    expect(message.length).toBeGreaterThan(0);
    expect(message.length).toBeLessThan(400);
  }
  const told = decoded.events.map((event) => processEvent(event, context));
  for (const processed of told) {
    expect(OUTCOMES).toContain(processed.outcome);
    const known: readonly string[] =
      processed.outcome === 'ignored' ? [] : OUTCOME_REASONS[processed.outcome];
    expect(known).toContain(processed.reason);
    const { body } = auditDocument(processed, undefined);
    expect(() => JSON.parse(Buffer.from(body).toString()) as unknown).not.toThrow();
  }
  return [...decoded.failures.map(({ reason }) => reason), ...told.map(({ outcome }) => outcome)];
};

const bytes = (record: JsonObject): Buffer => Buffer.from(JSON.stringify(record));

describe.each(Object.entries(KUBERNETES_LAYOUTS))('a malformed record: %s', (_layout, wrap) => {
  it.each(Object.entries(EVERYWHERE))(
    'with %s for any field ends in an outcome or a dead letter',
    (_name, value) => {
      for (const field of FIELDS) isSound(bytes(wrap(kubernetesRecordWith({ [field]: value }))));
    },
  );

  it('without any of its fields does too', () => {
    for (const field of FIELDS) isSound(bytes(wrap(kubernetesRecordWith({ [field]: undefined }))));
  });

  it.each(Object.entries(PATCHES))('with a patch of %s does too', (_name, requestObject) => {
    isSound(bytes(wrap(kubernetesRecordWith({ requestObject }))));
    isSound(bytes(wrap(kubernetesRecordWith({ requestObject, responseObject: requestObject }))));
    isSound(bytes(wrap(kubernetesRecordWith({ requestObject, verb: 'update' }))));
  });

  it('cut off, in other encodings or given twice does too', () => {
    const text = JSON.stringify(wrap(kubernetesRecordWith({})));
    isSound(Buffer.from(text.slice(0, -2)));
    isSound(Buffer.from(text.slice(text.length / 2)));
    isSound(Buffer.from(text, 'utf16le'));
    isSound(Buffer.from(text.replace('erin', 'erïn'), 'latin1'));
    isSound(Buffer.from(`\ufeff${text}`));
    isSound(Buffer.from(`${text}\n${text}`));
    isSound(Buffer.from(text.replace('{', '{"__proto__":{"verb":"x"},"kind":1,')));
  });
});

const HCP_TERRAFORM: JsonObject = {
  id: 'ae66e491-db59-457c-8445-9c908ee726ae',
  version: '0',
  type: 'Resource',
  timestamp: '2026-03-02T09:14:33.000Z',
  auth: {
    accessor_id: 'user-1',
    description: 'erin',
    type: 'Client',
    impersonator_id: null,
    organization_id: 'org-1',
  },
  request: { id: '4df584d4-7e2a-01e6-6cc0-4adbefa020e6' },
  resource: { id: 'var-1', type: 'variable', action: 'update', meta: { key: 'REGION' } },
};

const wholeSecret: JsonObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop', labels: { app: 'db' } },
  data: { password: 'aHVudGVyMg==', cert: 'gICA' },
};
const onSecret = { resource: 'secrets', namespace: 'shop', name: 'db', apiVersion: 'v1' };

const RECORDS: Readonly<Record<string, JsonObject>> = {
  'a strategic patch': kubernetesRecordWith({
    requestObject: { spec: { template: { spec: { containers: [{ name: 'web', image: 'x' }] } } } },
    responseObject: webResource.attributes,
  }),
  'a JSON patch': kubernetesRecordWith({
    requestObject: [
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'x' },
      { op: 'move', from: '/metadata/labels/app', path: '/metadata/labels/b' },
    ],
    responseObject: webResource.attributes,
  }),
  'an update of a Secret': kubernetesRecordWith({
    verb: 'update',
    objectRef: onSecret,
    requestObject: wholeSecret,
  }),
  'a JSON patch of a Secret': kubernetesRecordWith({
    objectRef: onSecret,
    requestObject: [{ op: 'replace', path: '/data/cert', value: 'gYGB' }],
    responseObject: wholeSecret,
  }),
};

describe('a record of any shape', () => {
  type Wrap = (record: JsonObject) => JsonObject;
  const carriers = Object.entries(KUBERNETES_LAYOUTS).filter(([name]) => name !== 'HCP Terraform');
  const carried = carriers.flatMap(([layout, wrap]) =>
    Object.entries(RECORDS).map(([name, record]): [string, JsonObject, Wrap] => [
      `${name}, ${layout}`,
      record,
      wrap,
    ]),
  );
  const whole: [string, JsonObject, Wrap] = ['HCP Terraform', HCP_TERRAFORM, (record) => record];
  const all = [...carried, whole];

  const place = fc.array(fc.nat(20), { minLength: 1, maxLength: 8 });
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>('', '/', '/data', '{', 'data', '$patch', -1, 1e308, [null], [[]]),
    fc.constantFrom<unknown>({ $patch: 'delete' }, { op: 'remove', path: '/data' }, { data: null }),
  );
  const edits = fc.array(fc.tuple(place, value), { maxLength: 3 });
  const edited = (
    record: JsonObject,
    each: readonly (readonly [readonly number[], unknown])[],
  ): JsonObject =>
    each.reduce<unknown>((made, [path, put]) => putAnywhere(made, path, put), record) as JsonObject;

  it.each(all)('%s: is a candidate as it is', (_name, record, wrap) => {
    expect(isSound(bytes(wrap(record)))).toEqual(['candidate']);
  });

  it.each(all)(
    '%s: is accounted for, whatever stands in whichever place',
    (_name, record, wrap) => {
      let events = 0;
      fc.assert(
        fc.property(edits, edits, (inside, around) => {
          const ends = isSound(bytes(edited(wrap(edited(record, inside)), around)));
          if (ends.some((end) => end in OUTCOME_REASONS)) events += 1;
        }),
        { numRuns: 150 },
      );
      expect(events).toBeGreaterThan(20);
    },
    60_000,
  );
});
