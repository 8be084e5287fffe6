import { describe, expect, it } from 'vitest';
import { observeChanges } from '../../../../src/core/detect/changes.ts';
import { compareChange } from '../../../../src/core/detect/compare.ts';
import { identify } from '../../../../src/core/detect/identify.ts';
import type { IdentifiedResource, ObservedChange } from '../../../../src/core/model/detection.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { ChangeRow } from '../../../../src/core/model/provider-tables.ts';
import { awsTables, call, indexOf, owned } from './owned-resources.ts';

const byRow = (row: ChangeRow, request: JsonObject, position = 0): readonly ObservedChange[] => {
  const resource: IdentifiedResource = {
    identity: 't:x',
    type: 't',
    owners: [],
    effect: 'update',
    matchedBy: 'table',
    target: { type: 't', id: '{request.id}', changes: [row] },
    position,
  };
  return observeChanges(call('s:Op', request), resource);
};

const byTable = (key: string, request: JsonObject, response?: JsonObject) => {
  const event = call(key, request, response);
  return identify(event, awsTables, indexOf()).resources.flatMap((one) =>
    observeChanges(event, one),
  );
};

describe('observeChanges', () => {
  it('unwraps what records wrap around values', () => {
    expect(byRow({ path: 'a', from: 'request.v' }, { v: { value: false } })[0]?.observed).toBe(
      false,
    );
    expect(byRow({ path: 'a', from: 'request.v' }, { v: { items: ['x'] } })[0]?.observed).toEqual([
      'x',
    ]);
    expect(
      byRow({ path: 'a', from: 'request.v' }, { v: { content: 'x', tag: 1 } })[0]?.observed,
    ).toBe('x');
  });

  it('makes a hidden value no value', () => {
    for (const hidden of ['HIDDEN_DUE_TO_SECURITY_REASONS', '<sensitiveDataRemoved>', '****']) {
      expect(byRow({ path: 'a', from: 'request.v' }, { v: hidden })).toEqual([
        { path: 'a', action: 'set', observed: undefined },
      ]);
    }
  });

  it('says nothing of a member that the record lacks, unless its absence says something', () => {
    expect(byRow({ path: 'a', from: 'request.v' }, {})).toEqual([]);
    expect(byRow({ path: 'a', from: 'request.v', absent: null }, {})).toEqual([
      { path: 'a', action: 'set', observed: null },
    ]);
  });

  it('reads JSON text, URL-encoded or not, and keeps a text that is none', () => {
    const row: ChangeRow = { path: 'p', from: 'request.v', as: 'json' };
    expect(byRow(row, { v: '{"a":1}' })[0]?.observed).toEqual({ a: 1 });
    expect(byRow(row, { v: '%7B%22a%22%3A1%7D' })[0]?.observed).toEqual({ a: 1 });
    expect(byRow(row, { v: 'invalid' })[0]?.observed).toBe('invalid');
    expect(byRow(row, { v: '%7B%' })[0]?.observed).toBe('%7B%');
  });

  it('makes one change of each tag, in all spellings of the services', () => {
    const row: ChangeRow = { path: 'tags', from: 'request.t', as: 'tags' };
    const a = [{ path: 'tags.a', action: 'set', observed: 'b' }];
    expect(byRow(row, { t: [{ key: 'a', value: 'b' }] })).toEqual(a);
    expect(byRow(row, { t: [{ tagKey: 'a', tagValue: 'b' }] })).toEqual(a);
    expect(byRow(row, { t: { items: [{ key: 'a', value: 'b' }] } })).toEqual(a);
    expect(byRow(row, { t: { Key: 'a', Value: 'b' } })).toEqual(a);
    expect(byRow(row, { t: { a: 'b' } })).toEqual(a);
    expect(byRow({ path: 'tags', from: 'request.t', as: 'tag_keys' }, { t: ['a'] })).toEqual([
      { path: 'tags.a', action: 'remove', observed: undefined },
    ]);
  });

  it('names the members of blocks as code does, and makes one change of each that is added', () => {
    const row: ChangeRow = {
      path: 'rule',
      from: 'request.Rule',
      as: 'blocks',
      rename: { 'filter.and.tag': 'tags' },
    };
    const rule = {
      ID: 'a',
      Prefix: '',
      NoncurrentVersionExpiration: { NoncurrentDays: 3 },
      Filter: { And: { Tag: { Key: 'k', Value: 'v' } } },
    };
    const block = {
      id: 'a',
      noncurrent_version_expiration: { noncurrent_days: 3 },
      filter: { and: { tags: { k: 'v' } } },
    };
    expect(byRow(row, { Rule: rule })).toEqual([
      { path: 'rule', action: 'set', observed: [block] },
    ]);
    expect(byRow({ ...row, action: 'add' }, { Rule: [rule, { ID: 'b' }] })).toEqual([
      { path: 'rule', action: 'add', observed: block },
      { path: 'rule', action: 'add', observed: { id: 'b' } },
    ]);
  });

  it('keeps a block whose only attribute is called value: an address without a name', () => {
    const row: ChangeRow = { path: 'networks', from: 'request.networks', as: 'blocks' };
    const networks = [{ value: '0.0.0.0/0' }, { name: 'office', value: '10.0.0.0/8' }];
    expect(byRow(row, { networks })).toEqual([
      { path: 'networks', action: 'set', observed: networks },
    ]);
  });

  it('takes a preset for what a call leaves out of a block: the zero that code sets is another', () => {
    const row: ChangeRow = {
      path: 'backend',
      from: 'request.backends',
      as: 'blocks',
      presets: { capacity_scaler: 1 },
    };
    const [left] = byRow(row, { backends: [{ group: 'g' }] });
    expect(left?.observed).toEqual([{ group: 'g', capacity_scaler: 1 }]);
    const owner = owned('google_compute_backend_service', {
      backend: [{ group: 'g', capacity_scaler: 0 }],
    });
    const bare = { ...left!, observed: [{ group: 'g' }] };
    expect(compareChange(bare, owner, awsTables).verdict).toBe('equals_desired');
    expect(compareChange(left!, owner, awsTables).verdict).toBe('differs');
    const [set] = byRow(row, { backends: [{ group: 'g', capacityScaler: 0 }] });
    expect(compareChange(set!, owner, awsTables).verdict).toBe('equals_desired');
    expect(byRow({ ...row, action: 'remove' }, { backends: [{ group: 'g' }] })).toEqual([
      { path: 'backend', action: 'remove', observed: { group: 'g' } },
    ]);
  });

  it('takes the element at the position of the resource', () => {
    const row: ChangeRow = { path: 'p', from: 'request.l[#].v' };
    expect(byRow(row, { l: [{ v: 1 }, { v: 2 }] }, 1)[0]?.observed).toBe(2);
  });

  it('maps words, negates, and holds only under its condition', () => {
    const row: ChangeRow = { path: 'p', from: 'request.v', map: { Enabled: true } };
    expect(byRow(row, { v: 'Enabled' })[0]?.observed).toBe(true);
    expect(byRow({ path: 'p', from: 'request.v', as: 'not' }, { v: 'true' })[0]?.observed).toBe(
      false,
    );
    const when: ChangeRow = { path: 'p', value: 1, when: { 'request.n': 'Policy' } };
    expect(byRow(when, { n: 'Policy' })).toHaveLength(1);
    expect(byRow(when, { n: 'Other' })).toEqual([]);
  });

  it('makes one change of each rule that a call opens', () => {
    const rules = byTable('ec2:AuthorizeSecurityGroupIngress', {
      groupId: 'sg-1',
      ipPermissions: {
        items: [
          {
            ipProtocol: '6',
            fromPort: '443',
            toPort: 443,
            ipRanges: { items: [{ cidrIp: '10.1.2.3/8' }, { cidrIp: '0.0.0.0/0' }] },
            ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] },
            groups: { items: [{ groupId: 'sg-2' }] },
          },
        ],
      },
    });
    const rule = (source: string) => ({
      path: 'ingress',
      action: 'add',
      observed: { protocol: 'tcp', from_port: 443, to_port: 443, source },
    });
    expect(rules).toEqual(['10.0.0.0/8', '0.0.0.0/0', '::/0', 'sg-2'].map(rule));
  });

  it('reads a rule that a call writes beside the group', () => {
    const request = {
      groupId: 'sg-1',
      cidrIp: '0.0.0.0/0',
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
    };
    expect(byTable('ec2:AuthorizeSecurityGroupIngress', { ...request, ipPermissions: {} })).toEqual(
      [
        {
          path: 'ingress',
          action: 'add',
          observed: { protocol: 'tcp', from_port: 22, to_port: 22, source: '0.0.0.0/0' },
        },
      ],
    );
  });

  it('tells that a bucket stops logging by what its request leaves out', () => {
    expect(
      byTable('s3:PutBucketLogging', { bucketName: 'b', BucketLoggingStatus: {} }),
    ).toContainEqual({
      path: 'logging[0].target_bucket',
      action: 'set',
      observed: null,
    });
  });

  it('tells a constant that the operation implies', () => {
    expect(byTable('cloudtrail:StopLogging', { name: 't' })).toEqual([
      { path: 'enable_logging', action: 'set', observed: false },
    ]);
  });
});
