import { describe, expect, it } from 'vitest';
import { auditDocument } from '../../../../src/codec/audit-document.ts';
import { decodeRecord } from '../../../../src/codec/decode-record.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { DEAD_LETTER_REASONS, OUTCOMES } from '../../../../src/core/model/outcome.ts';
import { processEvent } from '../../../../src/core/process-event.ts';
import { KUBERNETES_LAYOUTS } from '../../../support/kubernetes-layouts.ts';
import { kubernetesRecordWith } from '../../../support/kubernetes-records.ts';
import { webResource } from '../detect/objects/owned-object.ts';
import { contextOf } from '../sample-context.ts';

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

const context = contextOf([webResource]);

const isSound = (value: Buffer): void => {
  const decoded = decodeRecord(value);
  if (decoded instanceof Promise) throw new Error('No schema is configured.');
  expect(decoded.events.length + decoded.failures.length).toBeGreaterThan(0);
  for (const { reason, message } of decoded.failures) {
    expect(DEAD_LETTER_REASONS).toContain(reason);
    expect(message.length).toBeLessThan(400);
  }
  for (const event of decoded.events) {
    const processed = processEvent(event, context);
    expect(OUTCOMES).toContain(processed.outcome);
    const { body } = auditDocument(processed, undefined);
    expect(() => JSON.parse(Buffer.from(body).toString()) as unknown).not.toThrow();
  }
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
