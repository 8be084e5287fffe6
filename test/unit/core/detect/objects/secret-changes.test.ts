import { describe, expect, it } from 'vitest';
import { redactedValue } from '../../../../../src/core/model/redacted-value.ts';
import { desiredResource, patchChanges, secretHash, WEB } from './owned-object.ts';

describe('a Secret', () => {
  const secret = desiredResource(
    'kubernetes:core/secrets/shop/db',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'shop' },
      data: { password: redactedValue('aHVudGVyMg==', secretHash) },
      type: 'Opaque',
    },
    { type: 'kubernetes_secret' },
  );
  const objectRef = { resource: 'secrets', namespace: 'shop', name: 'db' };
  const changes = (data: object) => patchChanges(data as never, { objectRef }, secret);

  it('shows no value, and tells whether it is that of code', () => {
    expect(changes({ data: { password: 'aHVudGVyMg==' } })).toEqual([
      { path: 'data.password', action: 'set', verdict: 'equals_desired' },
    ]);
    expect(changes({ stringData: { password: 'hunter2' } })).toEqual([
      { path: 'data.password', action: 'set', verdict: 'equals_desired' },
    ]);
    expect(changes({ data: { password: 'b3RoZXI=', extra: 'eA==' } })).toEqual([
      { path: 'data.password', action: 'set', verdict: 'differs' },
      { path: 'data.extra', action: 'set', verdict: 'not_in_desired' },
    ]);
    expect(changes([{ op: 'replace', path: '/data/password', value: 'b3RoZXI=' }])).toEqual([
      { path: 'data.password', action: 'set', verdict: 'differs' },
    ]);
    expect(changes({ data: { password: null } })).toEqual([
      { path: 'data.password', action: 'remove', verdict: 'differs' },
    ]);
  });

  it('of Terraform holds the text itself', () => {
    const terraform = desiredResource(
      'kubernetes:core/secrets/shop/db',
      {
        id: 'shop/db',
        metadata: [{ name: 'db', namespace: 'shop' }],
        data: { password: redactedValue('hunter2', secretHash) },
      },
      { type: 'kubernetes_secret_v1' },
    );
    expect(patchChanges({ data: { password: 'aHVudGVyMg==' } }, { objectRef }, terraform)).toEqual([
      { path: 'data.password', action: 'set', verdict: 'equals_desired' },
    ]);
  });

  describe('of Terraform whose data is one secret', () => {
    const terraform = (data: Record<string, string>) =>
      desiredResource(
        'kubernetes:core/secrets/shop/db',
        {
          id: 'shop/db',
          metadata: [{ name: 'db', namespace: 'shop' }],
          data: redactedValue(data, secretHash),
        },
        { type: 'kubernetes_secret_v1' },
      );
    const one = terraform({ password: 'hunter2' });
    const whole = (data: object) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'shop' },
      data,
    });
    const told = (body: object, fields: object = {}, owner = one) =>
      patchChanges(body as never, { objectRef, ...fields }, owner).map(
        ({ path, action, verdict, ...rest }) => {
          expect(rest).toEqual({});
          return [path, action, verdict];
        },
      );
    const update = { verb: 'update' };

    it('is compared as a whole where it is written as a whole', () => {
      expect(told(whole({ password: 'aHVudGVyMg==' }), update)).toEqual([
        ['data', 'set', 'equals_desired'],
      ]);
      expect(told(whole({ password: 'b3RoZXI=' }), update)).toEqual([['data', 'set', 'differs']]);
      expect(told(whole({ password: 'aHVudGVyMg==', b: 'gICA' }), update)).toEqual([
        ['data', 'set', 'unknown'],
      ]);
    });

    it('is no restoration where an update leaves it out', () => {
      const { data: _data, ...rest } = whole({});
      expect(told(rest, update)).toEqual([['data', 'remove', 'differs']]);
    });

    it('is compared as a whole where it is patched', () => {
      expect(told({ data: { password: 'aHVudGVyMg==' } })).toEqual([
        ['data', 'set', 'equals_desired'],
      ]);
      expect(told({ stringData: { password: 'hunter2' } })).toEqual([
        ['data', 'set', 'equals_desired'],
      ]);
      const responseObject = whole({ password: 'aHVudGVyMg==', extra: 'eA==' });
      expect(told({ data: { extra: 'eA==' } }, { responseObject })).toEqual([
        ['data', 'set', 'differs'],
      ]);
      expect(told({ data: null })).toEqual([['data', 'remove', 'differs']]);
    });

    it('is not told in part', () => {
      const two = terraform({ password: 'hunter2', user: 'app' });
      expect(told({ data: { password: 'aHVudGVyMg==' } }, {}, two)).toEqual([
        ['data', 'set', 'unknown'],
      ]);
      expect(told({ data: { password: null } })).toEqual([['data', 'set', 'unknown']]);
      for (const op of ['add', 'replace', 'remove']) {
        const value = 'aHVudGVyMg==';
        expect(told([{ op, path: '/data/password', value }])).toEqual([['data', 'set', 'unknown']]);
      }
    });
  });

  it('is told in other objects by name and form', () => {
    const containers = [{ name: 'web', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }];
    const [added] = patchChanges({ spec: { template: { spec: { containers } } } });
    expect(added).toMatchObject({ action: 'add', verdict: 'not_in_desired' });
    expect(JSON.stringify(added)).not.toContain('hunter2');
    const [data] = patchChanges({
      data: { 'app.token': 'ghp_abcdefghijklmnopqrstuvwxyz0123456789' },
    });
    expect(JSON.stringify(data)).not.toContain('ghp_');
  });

  it('is hidden where code takes the variable from elsewhere and a patch writes its value', () => {
    const web = JSON.parse(JSON.stringify(WEB)) as typeof WEB;
    const owner = desiredResource(
      'kubernetes:apps/deployments/shop/web',
      JSON.parse(
        JSON.stringify(web).replace(
          '{"name":"REGION","value":"eu"}',
          '{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"p"}}}',
        ),
      ) as typeof WEB,
    );
    const containers = [{ name: 'web', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }];
    const merged = patchChanges({ spec: { template: { spec: { containers } } } }, {}, owner);
    expect(merged.length).toBeGreaterThan(0);
    expect(JSON.stringify(merged)).not.toContain('hunter2');
    const path = '/spec/template/spec/containers/0/env/1/value';
    const patched = patchChanges([{ op: 'add', path, value: 'hunter2' }], {}, owner);
    expect(JSON.stringify(patched)).not.toContain('hunter2');
  });

  it('that is as code has it stays equal', () => {
    const owner = desiredResource(
      'kubernetes:apps/deployments/shop/web',
      JSON.parse(
        JSON.stringify(WEB).replace(
          '{"name":"REGION","value":"eu"}',
          `{"name":"DB_PASSWORD","value":${JSON.stringify(redactedValue('hunter2', secretHash))}}`,
        ),
      ) as typeof WEB,
    );
    const containers = [{ name: 'web', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }];
    const [change] = patchChanges({ spec: { template: { spec: { containers } } } }, {}, owner);
    expect(change?.verdict).toBe('equals_desired');
    expect(JSON.stringify(change)).not.toContain('"hunter2"');
  });
});
