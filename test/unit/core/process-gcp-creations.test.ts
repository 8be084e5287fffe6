import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { PROJECT } from '../../support/cloud-fixtures.ts';
import { act, google } from '../../support/gcp-acts.ts';

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

describe('an API key', () => {
  const project = google('google_project', {
    id: `projects/${PROJECT}`,
    project_id: PROJECT,
    number: '424242',
  });
  const keys = `projects/${PROJECT}/locations/global/keys`;
  const create = (request: object, resources: readonly DesiredResource[]): ProcessedEvent =>
    act(
      {
        serviceName: 'apikeys.googleapis.com',
        methodName: 'google.api.apikeys.v2.ApiKeys.CreateKey',
        resourceName: 'projects/424242',
        authorizationInfo: [{ granted: true, permission: 'serviceusage.apiKeys.create' }],
        request: { parent: `projects/${PROJECT}/locations/global`, ...request },
        response: { name: 'projects/424242/locations/global/keys/bf67db25' },
      },
      resources,
    );

  it('that code does not have is told by the name that the answer gives it', () => {
    expect(create({}, [project]).candidates).toMatchObject([
      {
        kind: 'unmanaged',
        resource: { type: 'google_apikeys_key', identity: expect.stringContaining('/keys/bf67') },
      },
    ]);
  });

  it("that is made outside of code's runs is code's where it has its name", () => {
    const key = google('google_apikeys_key', { id: `${keys}/web`, name: 'web', display_name: 'w' });
    const request = { keyId: 'web', key: { displayName: 'other' } };
    const [candidate] = create(request, [project, key]).candidates;
    expect(candidate?.resource.key).toBe(key.key);
    expect(candidate?.changes).toMatchObject([{ path: 'display_name', verdict: 'differs' }]);
  });
});

describe('a deployment of Deployment Manager', () => {
  const project = google('google_project', { id: `projects/${PROJECT}`, project_id: PROJECT });
  const owned = google('google_deployment_manager_deployment', {
    id: `projects/${PROJECT}/deployments/web`,
    name: 'web',
  });
  const call = (method: string, name: string, resources: readonly DesiredResource[]) =>
    act(
      {
        serviceName: 'deploymentmanager.googleapis.com',
        methodName: `v2.deploymentmanager.deployments.${method}`,
        resourceName: `projects/${PROJECT}/global/deployments/${name}`,
        authorizationInfo: undefined,
        request: { name },
      },
      resources,
    ).candidates.map(({ kind, resource: { key, identity } }) => [kind, key, identity]);

  it('that code does not have is unmanaged', () => {
    expect(call('insert', 'other', [project, owned])).toEqual([
      ['unmanaged', expect.anything(), expect.stringContaining('deployments/other')],
    ]);
  });

  it('that code has is found under either of its names', () => {
    expect(call('delete', 'web', [owned])).toEqual([['deleted', owned.key, expect.anything()]]);
    expect(call('insert', 'web', [owned])).toEqual([['changed', owned.key, expect.anything()]]);
  });

  it('that a record names by the labels of its resource alone is found', () => {
    const kindOf = (method: string, name: string, resources: readonly DesiredResource[]) => {
      const payload = {
        serviceName: 'deploymentmanager.googleapis.com',
        methodName: `v2.deploymentmanager.deployments.${method}`,
        resourceName: undefined,
        authorizationInfo: undefined,
        request: undefined,
      };
      const resource = { type: 'deployment', labels: { name, project_id: PROJECT } };
      return act(payload, resources, { resource }).candidates.map(({ kind, resource: of }) => [
        kind,
        of.key,
      ]);
    };
    expect(kindOf('insert', 'web', [owned])).toEqual([['changed', owned.key]]);
    expect(kindOf('delete', 'web', [owned])).toEqual([['deleted', owned.key]]);
    expect(kindOf('insert', 'other', [project, owned])).toEqual([
      ['unmanaged', expect.stringContaining('deployments/other')],
    ]);
  });
});
