import { describe, expect, it } from 'vitest';
import { redactedValue } from '../../../../../src/core/model/redacted-value.ts';
import { desiredResource, patchChanges, secretHash } from './owned-object.ts';

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
});
