import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../../src/core/model/json.ts';
import { redactedValue } from '../../../../../src/core/model/redacted-value.ts';
import { desiredResource, patchChanges, secretHash } from './owned-object.ts';

const PASSWORD = 'aHVudGVyMg==';
const CERT = 'gICA';
const OTHER_CERT = 'gYGB';
/** Base64 of `note`: a text that code gives in base64. */
const NOTE = 'bm90ZQ==';

const marked = (value: JsonValue): JsonValue => redactedValue(value, secretHash);

const markedEach = (data: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, marked(value)]));

const secretOf = (attributes: JsonObject) =>
  desiredResource(
    'kubernetes:core/secrets/shop/db',
    { id: 'shop/db', metadata: [{ name: 'db', namespace: 'shop' }], ...attributes },
    { type: 'kubernetes_secret_v1' },
  );

const whole = (data?: object) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop' },
  ...(data === undefined ? {} : { data }),
});

const toldOf =
  (owner: ReturnType<typeof secretOf>) =>
  (body: unknown, fields: object = {}) => {
    const objectRef = { resource: 'secrets', namespace: 'shop', name: 'db' };
    return patchChanges(body as JsonValue, { objectRef, ...fields }, owner).map(
      ({ path, action, verdict, ...values }) => {
        expect(values).toEqual({});
        return `${action} ${path}: ${verdict}`;
      },
    );
  };

const update = { verb: 'update' };
const answered = (data: object) => ({ responseObject: whole(data) });

describe('a Secret of Terraform with data and binary_data, each value a marker', () => {
  const told = toldOf(
    secretOf({
      data: markedEach({ password: 'hunter2' }),
      binary_data: markedEach({ cert: CERT, note: NOTE }),
    }),
  );

  it('is compared by the attribute that has the key', () => {
    expect(told({ data: { cert: CERT, note: NOTE, password: PASSWORD } })).toEqual([
      'set data.password: equals_desired',
      'set binary_data.cert: equals_desired',
      'set binary_data.note: equals_desired',
    ]);
    expect(told({ data: { cert: OTHER_CERT } })).toEqual(['set binary_data.cert: differs']);
    expect(told({ stringData: { note: 'other' } })).toEqual(['set binary_data.note: differs']);
    expect(told({ data: { extra: CERT } })).toEqual(['set data.extra: not_in_desired']);
  });

  it('is no restoration where a patch takes a binary value away', () => {
    expect(told({ data: { cert: null } })).toEqual(['remove binary_data.cert: differs']);
    expect(told([{ op: 'remove', path: '/data/cert' }])).toEqual([
      'remove binary_data.cert: differs',
    ]);
    expect(told({ data: null })).toEqual(['remove data: differs', 'remove binary_data: differs']);
    expect(told([{ op: 'remove', path: '/data' }])).toEqual([
      'remove data: differs',
      'remove binary_data: differs',
    ]);
  });

  it('is followed by the pointers of a JSON patch', () => {
    expect(
      told([
        { op: 'replace', path: '/data/cert', value: OTHER_CERT },
        { op: 'add', path: '/data/note', value: NOTE },
        { op: 'replace', path: '/data/password', value: PASSWORD },
      ]),
    ).toEqual([
      'set binary_data.cert: differs',
      'set binary_data.note: equals_desired',
      'set data.password: equals_desired',
    ]);
  });

  it('is compared as a whole object by the attribute that has the key', () => {
    expect(told(whole({ password: PASSWORD, cert: CERT }), update)).toEqual([
      'set data.password: equals_desired',
      'set binary_data.cert: equals_desired',
      'remove binary_data.note: differs',
    ]);
    expect(told(whole(), update)).toEqual(['remove data: differs', 'remove binary_data: differs']);
  });
});

describe('a Secret of Terraform with data and binary_data, each one marker', () => {
  const told = toldOf(
    secretOf({ data: marked({ password: 'hunter2' }), binary_data: marked({ cert: CERT }) }),
  );
  const all = { password: PASSWORD, cert: CERT };

  it('has what code says where both are what the markers stand for', () => {
    const same = ['set data: equals_desired', 'set binary_data: equals_desired'];
    expect(told(whole(all), update)).toEqual(same);
    expect(told({ data: { cert: CERT } }, answered(all))).toEqual(same);
    expect(told({ data: all })).toEqual(same);
    expect(told([{ op: 'replace', path: '/data/cert', value: CERT }], answered(all))).toEqual(same);
  });

  it('differs in the one where the other is proven to be the same', () => {
    const cert = { ...all, cert: OTHER_CERT };
    const differs = ['set data: equals_desired', 'set binary_data: differs'];
    expect(told(whole(cert), update)).toEqual(differs);
    expect(told({ data: { cert: OTHER_CERT } }, answered(cert))).toEqual(differs);
    expect(told({ data: { cert: null } }, answered({ password: PASSWORD }))).toEqual(differs);
    expect(told({ data: { password: 'eA==' } }, answered({ ...all, password: 'eA==' }))).toEqual([
      'set data: differs',
      'set binary_data: equals_desired',
    ]);
  });

  it('is not told where neither can be proven, as of binary values that are texts', () => {
    const unknown = ['set data: unknown', 'set binary_data: unknown'];
    expect(told({ data: { cert: CERT } })).toEqual(unknown);
    expect(told([{ op: 'add', path: '/data/cert', value: CERT }])).toEqual(unknown);
    const notes = toldOf(
      secretOf({ data: marked({ password: 'hunter2' }), binary_data: marked({ note: NOTE }) }),
    );
    const now = { password: PASSWORD, note: NOTE };
    expect(notes({ data: { note: NOTE } }, answered(now))).toEqual(unknown);
    expect(notes(whole(now), update)).toEqual(unknown);
  });

  it('has lost both where nothing is left', () => {
    const lost = ['remove data: differs', 'remove binary_data: differs'];
    expect(told(whole(), update)).toEqual(lost);
    expect(told({ data: null })).toEqual(lost);
    expect(told([{ op: 'remove', path: '/data' }])).toEqual(lost);
  });

  it('is left alone by a call on its labels', () => {
    const annotations = { 'a.example/b': null };
    expect(told({ metadata: { annotations } }).join()).not.toMatch(/ (?:binary_)?data:/);
  });
});

describe('a Secret of Terraform with binary_data alone, one marker', () => {
  const told = toldOf(secretOf({ data: null, binary_data: marked({ cert: CERT }) }));

  it('is compared with it, not with the data that code does not have', () => {
    expect(told({ data: { cert: CERT } })).toEqual(['set binary_data: equals_desired']);
    expect(told({ data: { cert: OTHER_CERT } }, answered({ cert: OTHER_CERT }))).toEqual([
      'set binary_data: differs',
    ]);
    expect(told({ data: { extra: PASSWORD } }, answered({ cert: CERT, extra: PASSWORD }))).toEqual([
      'set data: not_in_desired',
      'set binary_data: equals_desired',
    ]);
    expect(told({ data: null })).toEqual(['remove binary_data: differs']);
  });
});
