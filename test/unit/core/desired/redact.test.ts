import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactAttributes } from '../../../../src/core/desired/redact.ts';
import {
  parseAttributePath,
  parseSensitivePaths,
} from '../../../../src/core/desired/secret-paths.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import {
  isRedacted,
  isSameSecret,
  redactedValue,
} from '../../../../src/core/model/redacted-value.ts';
import { managed, read } from './state-fixture.ts';

const CANARY = 'c4n4ry';
const hash = (text: string) => `${text.length}`;
const redact = (attributes: JsonObject) => redactAttributes(attributes, [], hash);

const names = fc.constantFrom(
  ...[
    'password',
    'db_password',
    'masterUserPassword',
    'DB_PASSWORD',
    'client-secret',
    'secret_string',
  ],
  ...['private_key_pem', 'token', 'auth_token', 'apiKey', 'primary_access_key', 'kube_config_raw'],
);
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));

/** A value with the canary under a secret name, wrapped in objects, lists, pairs and JSON texts. */
const hiding: fc.Arbitrary<JsonValue> = fc
  .tuple(
    names,
    fc.oneof(fc.constant<JsonValue>(CANARY), fc.constant<JsonValue>([{ deep: `x${CANARY}` }])),
  )
  .chain(([name, secret]) =>
    fc.oneof(
      fc.constant<JsonValue>({ [name]: secret }),
      fc.constant<JsonValue>({ name, value: secret }),
    ),
  )
  .chain((start) =>
    fc
      .array(
        fc.tuple(
          fc.constantFrom('object', 'list', 'text'),
          fc.constantFrom('a', '__proto__', 'rules'),
          leaf,
        ),
        {
          maxLength: 5,
        },
      )
      .map((wraps) =>
        wraps.reduce<JsonValue>((inner, [wrap, key, other]) => {
          if (wrap === 'text') return JSON.stringify(inner);
          return wrap === 'list'
            ? [other, inner]
            : Object.fromEntries([
                ['other', other],
                [key, inner],
              ]);
        }, start),
      ),
  );

describe('redaction', () => {
  it('lets no secret under a secret name survive, however it is nested', () => {
    fc.assert(
      fc.property(hiding, (value) => {
        expect(JSON.stringify(redact({ settings: value }))).not.toContain(CANARY);
      }),
      { numRuns: 500 },
    );
  });

  it('lets nothing at or below a sensitive path survive, in any field of the resource', () => {
    const steps = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'id', 'arn'), fc.nat(2)), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(steps, fc.boolean(), (path, wrapped) => {
        const [first, ...rest] = ['a', ...path];
        const value = rest.reduceRight<JsonValue>(
          (inner, step) =>
            typeof step === 'number'
              ? [...Array<JsonValue>(step).fill('kept'), inner]
              : { [step]: inner },
          CANARY,
        );
        const sensitive = [first, ...rest].map((step) =>
          typeof step === 'number'
            ? { type: 'index', value: wrapped ? { value: step, type: 'number' } : step }
            : { type: 'get_attr', value: step ?? '' },
        );
        const instance = { attributes: { a: value, id: 'x' }, sensitive_attributes: [sensitive] };
        const text = JSON.stringify(read([managed({ instances: [instance] })]).resources);
        expect(text).not.toContain(CANARY);
        expect(text).toContain('$redacted');
      }),
    );
  });

  it('redacts every member where a path goes through a set', () => {
    const paths = parseSensitivePaths([
      [
        { type: 'get_attr', value: 'rule' },
        { type: 'index', value: { value: { text: 'x' }, type: ['object', { text: 'string' }] } },
        { type: 'get_attr', value: 'text' },
      ],
    ]);
    expect(
      redactAttributes(
        {
          rule: [
            { text: CANARY, n: 1 },
            { text: CANARY, n: 2 },
          ],
        },
        paths ?? [],
        hash,
      ),
    ).toEqual({
      rule: [
        { text: { $redacted: 'hmac-sha256:6' }, n: 1 },
        { text: { $redacted: 'hmac-sha256:6' }, n: 2 },
      ],
    });
  });

  it('never makes an identity of a secret', () => {
    const instance = {
      attributes: { id: 'x', name: CANARY },
      sensitive_attributes: [[{ type: 'get_attr', value: 'name' }]],
    };
    const { resources } = read([managed({ instances: [instance] })], {
      aws_vpc: { identities: ['{name}'] },
    });
    expect(resources[0]?.identities).toEqual(['aws_vpc:x']);
  });

  it('redacts what the table names, through lists without positions too', () => {
    const table = { aws_vpc: { secrets: ['auth[0].word', 'users.pin'] } };
    const attributes = { auth: [{ word: CANARY }], users: [{ pin: 1234 }, { pin: 99 }] };
    const { resources } = read([managed({ instances: [{ attributes }] })], table);
    expect(resources[0]?.attributes).toEqual({
      auth: [{ word: { $redacted: 'hmac-sha256:h6' } }],
      users: [{ pin: { $redacted: 'hmac-sha256:h4' } }, { pin: { $redacted: 'hmac-sha256:h2' } }],
    });
    expect(parseAttributePath('a[0].b.c')).toEqual(['a', 0, 'b', 'c']);
  });

  it('keeps what tells no secret: flags, null, empty text, ARNs, and JSON texts as they were written', () => {
    const kept = {
      manage_master_user_password: true,
      password: null,
      token: '',
      client_secret: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:x',
      policy: '{ "Version":  "2012-10-17" }',
      password_policy: { minimum: 8 },
      private_key_id: 'k-1',
      user_data: '#!/bin/sh',
    };
    expect(redact(kept)).toEqual(kept);
  });

  it('redacts private keys and URLs with passwords under any name', () => {
    const found = redact({
      a: '-----BEGIN RSA PRIVATE KEY-----\nx',
      b: 'postgres://u:pw@db/x',
      c: 'https://x/y@z',
    });
    expect([isRedacted(found['a']), isRedacted(found['b']), found['c']]).toEqual([
      true,
      true,
      'https://x/y@z',
    ]);
  });

  it('drops secrets where there is no key', () => {
    expect(redactAttributes({ password: CANARY }, [], undefined)).toEqual({
      password: { $redacted: 'dropped' },
    });
  });
});

describe('a redacted value', () => {
  const exact = (text: string) => `<${text}>`;
  const marker = (value: JsonValue) => {
    const made = redactedValue(value, exact);
    if (!isRedacted(made)) throw new Error('no marker');
    return made;
  };

  it('is told from another secret, whatever the order of keys and the type of a number', () => {
    expect(isSameSecret(marker({ a: 1, b: [2] }), { b: [2], a: 1 }, exact)).toBe(true);
    expect(isSameSecret(marker('5'), 5, exact)).toBe(true);
    expect(isSameSecret(marker('x'), 'y', exact)).toBe(false);
  });

  it('tells nothing without a key on either side', () => {
    expect(isSameSecret(marker('x'), 'x', undefined)).toBeUndefined();
    expect(isSameSecret({ $redacted: 'dropped' }, 'x', exact)).toBeUndefined();
  });
});

describe('a JSON text with a key twice', () => {
  it.each([
    '{"password":"c4n4ry","password":""}',
    '{"db" : {"token":"c4n4ry"}, "db" : null}',
    '[{"a\\\\":1,"api_key":"c4n4ry","api_key":""}]',
    JSON.stringify({ inner: '{"password":"c4n4ry","password":""}' }),
  ])('hides no secret behind the second: %s', (text) => {
    expect(JSON.stringify(redact({ a: text }))).not.toContain(CANARY);
  });

  it('is told from one with colons and quotes in its texts, which stays as it was written', () => {
    const text = '{ "a": "x\\":y", "b\\\\": ["\\"", ":"], "c": {"a": 1, "__proto__": 2} }';
    expect(JSON.parse(text)).toBeDefined();
    expect(redact({ a: text })).toEqual({ a: text });
  });
});
