import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { contextOver, ownedBy, processed } from '../../support/cloud-detection.ts';
import { PROJECT, auditEntry } from '../../support/cloud-fixtures.ts';

const google = (type: string, attributes: JsonObject): DesiredResource =>
  ownedBy('gcp', type, { project: PROJECT, ...attributes });

const act = (payload: object, resources: readonly DesiredResource[]): ProcessedEvent =>
  processed(auditEntry({}, payload), contextOver(resources));

describe('a creation that answers with its operation', () => {
  it('is of the resource that the request names', () => {
    const place = `projects/${PROJECT}/locations/l`;
    const { candidates } = act(
      {
        serviceName: 'redis.googleapis.com',
        methodName: 'google.cloud.redis.v1.CloudRedis.CreateInstance',
        resourceName: place,
        request: { parent: place, instanceId: 'cache' },
        response: { name: `${place}/operations/op-1` },
      },
      [google('google_project', { id: `projects/${PROJECT}`, project_id: PROJECT })],
    );
    expect(candidates).toMatchObject([
      { kind: 'unmanaged', resource: { identity: expect.stringContaining('/instances/cache') } },
    ]);
  });
});

describe('a firewall rule for every source', () => {
  const insert = (rule: object): readonly string[] =>
    act(
      {
        methodName: 'v1.compute.firewalls.insert',
        resourceName: `projects/${PROJECT}/global/firewalls/new`,
        request: { sourceRanges: ['0.0.0.0/0'], ...rule },
      },
      [google('google_project', { id: `projects/${PROJECT}`, project_id: PROJECT })],
    ).candidates.flatMap(({ severity }) => severity.reasons);

  it('that denies opens nothing', () => {
    const open = expect.stringContaining('open to everybody');
    const allowed = { allowed: [{ IPProtocol: 'tcp', ports: ['22'] }] };
    const reasons = insert({ denied: [{ IPProtocol: 'tcp' }] });
    expect(reasons).not.toEqual([]);
    expect(reasons).not.toContainEqual(open);
    expect(insert(allowed)).toContainEqual(open);
    expect(insert({ ...allowed, denied: [] })).toContainEqual(open);
  });
});
