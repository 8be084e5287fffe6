import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import { act as azureAct, azure } from '../../support/azure-acts.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { AZURE_NSG, PROJECT } from '../../support/cloud-fixtures.ts';
import { act as googleAct, google } from '../../support/gcp-acts.ts';

// A list that a call sets to an empty one was once not told, and the call called a restoration.

describe('a list that a call empties', () => {
  const group = azure('azurerm_network_security_group', AZURE_NSG, {
    tags: {},
    security_rule: [{ name: 'deny-all', access: 'Deny', direction: 'Inbound', priority: 100 }],
  });

  const operation = 'microsoft.network/networksecuritygroups/write';
  const write = (body: object, resources: readonly DesiredResource[]) =>
    azureAct({ operation, on: AZURE_NSG, body }, resources);

  it('is gone from what code owns: the rules of a security group', () => {
    const body = { tags: {}, properties: { securityRules: [] } };
    const [candidate] = write(body, [group]).candidates;
    expect(candidate?.kind).toBe('changed');
    expect(verdictsOf(candidate)).toContainEqual(['security_rule', 'set', 'differs']);
  });

  it('says nothing where the call leaves it out', () => {
    const [candidate] = write({ tags: {} }, [group]).candidates;
    expect(candidate?.kind).toBe('restored');
    expect(verdictsOf(candidate)).toEqual([['tags', 'set', 'equals_desired']]);
  });

  it('is as code says where code has none', () => {
    const bare = azure('azurerm_network_security_group', AZURE_NSG, { security_rule: [] });
    const body = { properties: { securityRules: [] } };
    const [candidate] = write(body, [bare]).candidates;
    expect(verdictsOf(candidate)).toEqual([['security_rule', 'set', 'equals_desired']]);
  });

  it('is gone where it lies deep in a request: who may reach a database', () => {
    const database = google('google_sql_database_instance', {
      id: `projects/${PROJECT}/instances/orders`,
      name: 'orders',
      settings: [{ ip_configuration: [{ authorized_networks: [{ value: '10.0.0.0/8' }] }] }],
    });
    const { candidates } = googleAct(
      {
        serviceName: 'cloudsql.googleapis.com',
        methodName: 'cloudsql.instances.patch',
        resourceName: `projects/${PROJECT}/instances/orders`,
        request: { body: { settings: { ipConfiguration: { authorizedNetworks: [] } } } },
      },
      [database],
    );
    expect(candidates.map(verdictsOf)).toEqual([
      [['settings[0].ip_configuration[0].authorized_networks', 'set', 'differs']],
    ]);
  });
});
