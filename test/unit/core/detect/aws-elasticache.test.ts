import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { awsTables, owned } from './owned-resources.ts';
import { told, type Told } from './told-changes.ts';

describe.each([
  [
    'replication group',
    'aws_elasticache_replication_group',
    'ReplicationGroup',
    'replicationGroupId',
  ],
  ['cluster', 'aws_elasticache_cluster', 'CacheCluster', 'cacheClusterId'],
])('a %s of ElastiCache', (_, type, noun, member) => {
  const owner = owned(type, {
    id: 'sess',
    replication_group_id: 'sess',
    cluster_id: 'sess',
    node_type: 'cache.r7g.large',
    parameter_group_name: 'default.redis7',
    snapshot_retention_limit: 7,
    security_group_ids: ['sg-1', 'sg-2'],
    apply_immediately: false,
  });
  const modified = (request: JsonObject): Told =>
    told(owner, `elasticache:Modify${noun}`, { [member]: 'sess', ...request });

  it('is not changed by when the call takes effect', () => {
    expect(modified({ applyImmediately: true, snapshotRetentionLimit: 7 })).toEqual({
      kind: 'restored',
      changed: {},
      equal: ['snapshot_retention_limit'],
    });
  });

  it('tells of another type of nodes and another group of parameters', () => {
    expect(
      modified({ cacheNodeType: 'cache.t4g.micro', cacheParameterGroupName: 'evil' }).changed,
    ).toEqual({ node_type: 'differs', parameter_group_name: 'differs' });
    expect(
      modified({ cacheNodeType: 'cache.r7g.large', cacheParameterGroupName: 'default.redis7' })
        .kind,
    ).toBe('restored');
  });

  it('tells of other security groups, whose order does not count', () => {
    expect(modified({ securityGroupIds: ['sg-2', 'sg-1'] }).kind).toBe('restored');
    expect(modified({ securityGroupIds: ['sg-open'] }).changed).toEqual({
      security_group_ids: 'differs',
    });
  });
});

describe('the tables of AWS', () => {
  it('have no attribute that only says how a call is made', () => {
    expect(JSON.stringify(awsTables.operations.rows)).not.toMatch(
      /"(apply_immediately|allow_major_version_upgrade)"/,
    );
  });
});
