import { describe, expect, it } from 'vitest';
import type { DiscoveryMethod } from '../../../../scripts/tables/google/discovery.ts';
import {
  auditOperation,
  collectionNouns,
  isRest,
  serviceOf,
} from '../../../../scripts/tables/google/method-names.ts';
import { pathShape } from '../../../../scripts/tables/google/google-types.ts';

const method = (id: string, request?: string, path = 'v1/{+name}'): DiscoveryMethod => ({
  id,
  httpMethod: 'POST',
  path,
  ...(request === undefined ? {} : { request: { $ref: request } }),
});

describe('auditOperation', () => {
  it.each([
    ['compute.firewalls.patch', 'Firewall', 'firewalls.patch'],
    ['sql.instances.update', 'DatabaseInstance', 'instances.update'],
  ])('is the id of a REST API: %s', (id, schema, expected) => {
    expect(auditOperation(method(id, schema), true, new Map())).toBe(expected);
  });

  it.each([
    ['container.projects.zones.clusters.update', 'UpdateClusterRequest', 'UpdateCluster'],
    ['iam.projects.serviceAccounts.create', 'CreateServiceAccountRequest', 'CreateServiceAccount'],
    ['run.projects.locations.services.create', 'GoogleCloudRunV2Service', 'CreateService'],
    ['ml.projects.models.patch', 'GoogleCloudMlV1__Model', 'UpdateModel'],
    ['pubsub.projects.topics.delete', undefined, 'DeleteTopic'],
  ])('is the name of the RPC: %s', (id, schema, expected) => {
    const nouns = collectionNouns([method(id, schema)]);
    expect(auditOperation(method(id, schema), false, nouns)).toBe(expected);
  });

  it('calls what is deleted as its creation does', () => {
    const methods = [method('logging.exclusions.create', 'LogExclusion')];
    const deletion = method('logging.exclusions.delete');
    expect(auditOperation(deletion, false, collectionNouns(methods))).toBe('DeleteLogExclusion');
  });
});

describe('isRest', () => {
  it('tells an API whose paths spell each parameter', () => {
    expect(isRest([method('a.b.insert', undefined, 'projects/{project}/b')])).toBe(true);
    expect(isRest([method('a.b.create')])).toBe(false);
  });
});

describe('serviceOf', () => {
  it('is what audit logs call the API', () => {
    expect([serviceOf('sqladmin'), serviceOf('compute')]).toEqual(['cloudsql', 'compute']);
  });
});

describe('pathShape', () => {
  it('is one for a path of the API and the format of an import', () => {
    const shape = 'projects/*/locations/*/clusters/*';
    expect(pathShape('projects/{{project}}/locations/{{location}}/clusters/{{name}}')).toBe(shape);
    expect(
      pathShape('projects/{projectsId}/locations/{locationsId}/clusters/{clustersId}:setAddons'),
    ).toBe(shape);
  });
});
