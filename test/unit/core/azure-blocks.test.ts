import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/model/json.ts';
import { act, azure } from '../../support/azure-acts.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { AZURE_GROUP, AZURE_NSG } from '../../support/cloud-fixtures.ts';

const ASG = `${AZURE_GROUP}/providers/Microsoft.Network/applicationSecurityGroups/web`;

describe('rules within a security group', () => {
  const ssh: JsonObject = {
    name: 'ssh',
    priority: 100,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    destination_port_range: '22',
    source_address_prefix: '10.0.0.0/8',
    source_application_security_group_ids: [],
  };
  const properties = {
    priority: 100,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    destinationPortRange: '22',
    sourceAddressPrefix: '10.0.0.0/8',
  };
  const groupOf = (...rules: readonly JsonObject[]) =>
    azure('azurerm_network_security_group', AZURE_NSG, { security_rule: rules });
  const written = (body: object, group = groupOf(ssh)) =>
    act({ on: `${AZURE_NSG}/securityRules/ssh`, body }, [group]).candidates[0];

  it.each([
    ['protocol', { protocol: 'tcp' }],
    ['direction', { direction: 'INBOUND' }],
    ['access', { access: 'allow' }],
  ])('are the same with their %s in any case', (_, other) => {
    const body = { name: 'SSH', properties: { ...properties, ...other } };
    expect(written(body)?.kind).toBe('restored');
  });

  it('are not the same with another access', () => {
    const body = { name: 'ssh', properties: { ...properties, access: 'deny' } };
    expect(verdictsOf(written(body))).toEqual([['security_rule', 'add', 'differs']]);
  });

  it('are the same for the same application security groups', () => {
    const groups = [{ id: ASG.toUpperCase() }];
    const body = {
      name: 'ssh',
      properties: { ...properties, sourceApplicationSecurityGroups: groups },
    };
    const owner = groupOf({ ...ssh, source_application_security_group_ids: [ASG] });
    expect(written(body, owner)?.kind).toBe('restored');
    expect(verdictsOf(written(body))).toEqual([['security_rule', 'add', 'differs']]);
  });

  it('are the same as a whole, whichever comes first', () => {
    const web = { ...ssh, name: 'web', priority: 200 };
    const body = {
      properties: {
        securityRules: [
          { name: 'web', properties: { ...properties, priority: 200, protocol: 'TCP' } },
          { name: 'ssh', properties: { ...properties, direction: 'inbound' } },
        ],
      },
    };
    const operation = 'microsoft.network/networksecuritygroups/write';
    const [candidate] = act({ operation, on: AZURE_NSG, body }, [groupOf(ssh, web)]).candidates;
    expect(candidate?.kind).toBe('restored');
  });

  it('have application security groups as resources of their own, too', () => {
    const rule = azure('azurerm_network_security_rule', `${AZURE_NSG}/securityRules/ssh`, ssh);
    const groups = [{ id: ASG }];
    const body = { properties: { sourceApplicationSecurityGroups: groups } };
    const [candidate] = act({ on: `${AZURE_NSG}/securityRules/ssh`, body }, [rule]).candidates;
    expect(verdictsOf(candidate)).toContainEqual([
      'source_application_security_group_ids',
      'set',
      'differs',
    ]);
  });
});

describe('access policies within a key vault', () => {
  const vault = `${AZURE_GROUP}/providers/Microsoft.KeyVault/vaults/keys`;
  const policy = (object: string, secrets: readonly string[], application = ''): JsonObject => ({
    tenant_id: 'tenant',
    object_id: object,
    application_id: application,
    key_permissions: [],
    secret_permissions: secrets,
    certificate_permissions: [],
    storage_permissions: [],
  });
  const entry = (objectId: string, secrets: readonly string[], more: object = {}) => ({
    tenantId: 'tenant',
    objectId,
    permissions: { keys: [], secrets, certificates: [] },
    ...more,
  });
  const vaultWith = (...policies: readonly JsonObject[]) =>
    azure('azurerm_key_vault', vault, { access_policy: policies, tenant_id: 'tenant' });
  const owner = vaultWith(policy('app', ['Get', 'List']), policy('ops', ['Set']));
  const put = (accessPolicies: readonly object[]) =>
    act(
      {
        operation: 'microsoft.keyvault/vaults/write',
        on: vault,
        body: { properties: { tenantId: 'tenant', accessPolicies } },
      },
      [owner],
    ).candidates[0];
  const add = (accessPolicy: object, of = owner) =>
    act(
      {
        operation: 'microsoft.keyvault/vaults/accesspolicies/write',
        on: `${vault}/accessPolicies/add`,
        body: { properties: { accessPolicies: [accessPolicy] } },
      },
      [of],
    ).candidates[0];

  it('are the same with permissions in any case and order', () => {
    const candidate = put([entry('ops', ['set']), entry('app', ['list', 'get'])]);
    expect(candidate?.kind).toBe('restored');
  });

  it('differ where one has more or is gone', () => {
    const differs = ['access_policy', 'set', 'differs'];
    const more = put([entry('ops', ['set']), entry('app', ['list', 'get', 'purge'])]);
    expect(verdictsOf(more)).toContainEqual(differs);
    expect(verdictsOf(put([entry('app', ['Get', 'List'])]))).toContainEqual(differs);
  });

  it('are told by the object that they are for', () => {
    expect(add(entry('APP', ['LIST', 'GET']))?.kind).toBe('restored');
    const candidate = add(entry('app', ['all']));
    expect(verdictsOf(candidate)).toEqual([['access_policy', 'add', 'differs']]);
    expect(candidate?.changes[0]?.desired).toMatchObject({ object_id: 'app' });
    expect(verdictsOf(add(entry('eve', ['get'])))).toEqual([
      ['access_policy', 'add', 'not_in_desired'],
    ]);
  });

  it('are told apart where an object has one for an application, too', () => {
    const both = vaultWith(policy('app', ['Get']), policy('app', ['Set'], 'job'));
    const forJob = { applicationId: 'job' };
    expect(add(entry('app', ['set'], forJob), both)?.kind).toBe('restored');
    expect(verdictsOf(add(entry('app', ['set']), both))).toEqual([
      ['access_policy', 'add', 'differs'],
    ]);
  });

  it('have permissions in any case as resources of their own, too', () => {
    const own = azure('azurerm_key_vault_access_policy', `${vault}/objectId/app`, {
      key_vault_id: vault,
      object_id: 'app',
      secret_permissions: ['Get', 'List'],
      storage_permissions: [],
    });
    expect(add(entry('app', ['list', 'get']), own)?.kind).toBe('restored');
    const storage: JsonValue = { keys: [], secrets: ['get', 'list'], storage: ['delete'] };
    expect(verdictsOf(add(entry('app', [], { permissions: storage }), own))).toContainEqual([
      'storage_permissions',
      'set',
      'differs',
    ]);
  });
});
