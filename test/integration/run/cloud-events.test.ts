import { afterEach, expect, inject, it } from 'vitest';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import {
  AZURE_NSG,
  FIREWALL,
  PORTAL,
  PROJECT,
  SUBSCRIPTION,
  auditEntry,
  eventHubRecord,
} from '../../support/cloud-fixtures.ts';

const open: Deployment[] = [];
afterEach(async () => {
  for (const deployment of open.splice(0)) await deployment.end();
});

const resource = (type: string, provider: string, attributes: object): object => ({
  mode: 'managed',
  type,
  name: 'this',
  provider: `provider["registry.terraform.io/hashicorp/${provider}"]`,
  instances: [{ schema_version: 0, attributes }],
});

const state = JSON.stringify({
  version: 4,
  terraform_version: '1.9.0',
  serial: 1,
  lineage: '11111111-2222-3333-4444-555555555555',
  outputs: {},
  resources: [
    resource('azurerm_network_security_group', 'azurerm', {
      id: AZURE_NSG,
      name: 'nsg-web',
      security_rule: [],
    }),
    resource('google_compute_firewall', 'google', {
      id: FIREWALL,
      project: PROJECT,
      name: 'allow-web',
      source_ranges: ['10.0.0.0/8'],
    }),
  ],
});

it('finds drift in Azure and Google Cloud, and indexes both under OCSF names', async () => {
  const deployment = await createDeployment(inject('stack'));
  open.push(deployment);
  await deployment.publishState(state);
  const requestbody = JSON.stringify({ name: 'ssh', properties: { access: 'Allow' } });
  const operation = { id: 'operation-1', producer: 'compute.googleapis.com' };
  const pushed = (entry: object): string =>
    JSON.stringify({
      message: { data: Buffer.from(JSON.stringify(entry)).toString('base64'), messageId: '1' },
      subscription: 'projects/p/subscriptions/s',
    });
  await deployment.produce([
    JSON.stringify({
      records: [
        eventHubRecord({ resultType: 'Start', properties: { requestbody } }),
        eventHubRecord(),
      ],
    }),
    pushed(auditEntry({ insertId: 'first', operation: { ...operation, first: true } })),
    pushed(
      auditEntry({ insertId: 'last', operation: { ...operation, last: true } }, { request: {} }),
    ),
  ]);
  const driftline = deployment.start();
  await driftline.event('group.joined');
  await deployment.caughtUp();

  const documents = (await deployment.auditDocuments()).map(({ _source }) => _source);
  expect(documents).toHaveLength(4);
  const outcomeOf = (provider: string): readonly unknown[] =>
    documents
      .filter((each) => (each['cloud'] as { provider: string }).provider === provider)
      .map((each) => (each['driftline'] as { outcome: string }).outcome)
      .toSorted();
  expect(outcomeOf('azure')).toEqual(['candidate', 'runtime']);
  expect(outcomeOf('gcp')).toEqual(['candidate', 'runtime']);
  expect(documents).toContainEqual(
    expect.objectContaining({
      cloud: expect.objectContaining({
        provider: 'azure',
        account: { uid: SUBSCRIPTION },
      }) as unknown,
      actor: expect.objectContaining({ app_uid: PORTAL }) as unknown,
      resources: [
        {
          uid: `${AZURE_NSG}/securityRules/ssh`.toLowerCase(),
          type: 'microsoft.network/networksecuritygroups/securityrules',
        },
      ],
      entities: expect.arrayContaining(['alice@example.com', SUBSCRIPTION]) as unknown,
    }),
  );
  expect(documents).toContainEqual(
    expect.objectContaining({
      cloud: expect.objectContaining({
        provider: 'gcp',
        account: { uid: PROJECT },
        region: 'global',
      }) as unknown,
      resources: [{ uid: FIREWALL, type: 'gce_firewall_rule' }],
      entities: expect.arrayContaining(['alice@example.com', FIREWALL]) as unknown,
    }),
  );

  const candidates = (await deployment.candidateDocuments()).map(({ _source }) => _source);
  expect(candidates).toHaveLength(2);
  const changes = Object.fromEntries(
    candidates.map((each) => [
      (each['resource'] as { provider: string }).provider,
      (each['changes'] as { path: string; verdict: string }[]).map(({ path, verdict }) => [
        path,
        verdict,
      ]),
    ]),
  );
  expect(changes).toEqual({
    azure: [['security_rule', 'not_in_desired']],
    gcp: [['source_ranges', 'differs']],
  });
});
