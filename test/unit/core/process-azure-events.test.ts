import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { act, azure } from '../../support/azure-acts.ts';
import { AZURE_GROUP, AZURE_NSG } from '../../support/cloud-fixtures.ts';

const RULE = `${AZURE_NSG}/securityRules/ssh`;
const opened = {
  name: 'ssh',
  properties: {
    priority: 100,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sourcePortRange: '*',
    destinationPortRange: '22',
    sourceAddressPrefix: '*',
    destinationAddressPrefix: '*',
  },
};
const inline = (name: string, source: string): JsonObject => ({
  name,
  priority: 100,
  direction: 'Inbound',
  access: 'Allow',
  protocol: 'Tcp',
  source_port_range: '*',
  source_port_ranges: [],
  destination_port_range: '22',
  destination_port_ranges: [],
  source_address_prefix: source,
  source_address_prefixes: [],
  destination_address_prefix: '*',
  destination_address_prefixes: [],
  description: '',
});

describe('a security rule, written', () => {
  it('is a change of its own resource, whatever the case of the id', () => {
    const rule = azure('azurerm_network_security_rule', RULE, {
      access: 'Deny',
      source_address_prefix: '10.0.0.0/8',
      destination_port_range: '22',
    });
    const [candidate, ...more] = act({ on: RULE, body: opened }, [rule]).candidates;
    expect(more).toEqual([]);
    expect(candidate).toMatchObject({ kind: 'changed', resource: { key: rule.key } });
    expect(verdictsOf(candidate)).toEqual(
      expect.arrayContaining([
        ['access', 'set', 'differs'],
        ['source_address_prefix', 'set', 'differs'],
        ['destination_port_range', 'set', 'equals_desired'],
      ]),
    );
  });

  it('is a block of its group where it has no resource', () => {
    const nsg = azure('azurerm_network_security_group', AZURE_NSG, {
      security_rule: [inline('https', '10.0.0.0/8'), inline('ops', '10.1.0.0/16')],
    });
    const [candidate] = act({ on: RULE, body: opened }, [nsg]).candidates;
    expect(candidate?.resource.key).toBe(nsg.key);
    expect(verdictsOf(candidate)).toEqual([['security_rule', 'add', 'not_in_desired']]);
  });

  it('is restored where the group has just that block', () => {
    const nsg = azure('azurerm_network_security_group', AZURE_NSG, {
      security_rule: [inline('https', '10.0.0.0/8'), inline('ssh', '*')],
    });
    const [candidate] = act({ on: RULE, body: opened }, [nsg]).candidates;
    expect(candidate?.kind).toBe('restored');
  });

  it('of a group, all at once, is compared block by block', () => {
    const nsg = azure('azurerm_network_security_group', AZURE_NSG, {
      security_rule: [inline('ops', '10.1.0.0/16'), inline('ssh', '*')],
    });
    const ops = {
      name: 'ops',
      properties: { ...opened.properties, sourceAddressPrefix: '10.1.0.0/16' },
    };
    const write = (securityRules: readonly object[]): readonly (readonly string[])[] =>
      verdictsOf(
        act(
          {
            operation: 'Microsoft.Network/networkSecurityGroups/write',
            on: AZURE_NSG,
            body: { properties: { securityRules } },
          },
          [nsg],
        ).candidates[0],
      );
    expect(write([opened, ops])).toEqual([['security_rule', 'set', 'equals_desired']]);
    expect(write([opened])).toEqual([['security_rule', 'set', 'differs']]);
  });
});

describe('a resource without a row', () => {
  const on = `${AZURE_GROUP}/providers/Microsoft.Own/things/t`;

  it('is found by its id', () => {
    const thing = azure('azurerm_own_thing', on);
    const { candidates } = act({ operation: 'Microsoft.Own/things/write', on }, [thing]);
    expect(candidates).toMatchObject([{ kind: 'changed', resource: { key: thing.key } }]);
    const gone = act({ operation: 'Microsoft.Own/things/delete', on }, [thing]).candidates;
    expect(gone).toMatchObject([{ kind: 'deleted' }]);
  });

  it('is a change of what holds it inline, never of the group it is in', () => {
    const app = `${AZURE_GROUP}/providers/Microsoft.Web/sites/shop`;
    const whole = azure('azurerm_own_app', app);
    const group = azure('azurerm_resource_group', AZURE_GROUP);
    const part = {
      operation: 'Microsoft.Web/sites/basicPublishingCredentialsPolicies/write',
      on: `${app}/basicPublishingCredentialsPolicies/ftp`,
    };
    expect(act(part, [whole, group]).candidates).toMatchObject([
      { kind: 'changed', resource: { key: whole.key } },
    ]);
    expect(act(part, [group])).toMatchObject({ outcome: 'unresolved' });
  });

  it.each([
    ['Microsoft.Sql/servers/s1', 'databases/newdb'],
    ['Microsoft.Sql/servers/s1', 'firewallRules/office'],
    ['Microsoft.Sql/servers/s1', 'databases/newdb/transparentDataEncryption/current'],
    ['Microsoft.Storage/storageAccounts/st1', 'blobServices/default/containers/c1'],
    ['Microsoft.Storage/storageAccounts/st1', 'fileServices/default/shares/f1'],
  ])('is no change of %s where %s is a resource of its own', (parent, child) => {
    const on = `${AZURE_GROUP}/providers/${parent}`;
    const whole = azure(
      parent.startsWith('Microsoft.Sql') ? 'azurerm_mssql_server' : 'azurerm_storage_account',
      on,
    );
    const types = `${parent}/${child}`.split('/').filter((_part, at) => at === 0 || at % 2 === 1);
    for (const verb of ['write', 'delete']) {
      const operation = [...types, verb].join('/');
      expect(act({ operation, on: `${on}/${child}` }, [whole]).candidates).toEqual([]);
    }
  });

  it('is unmanaged where the answer says that it was created', () => {
    const group = azure('azurerm_resource_group', AZURE_GROUP);
    const create = { operation: 'Microsoft.Own/things/write', on, status: 'Created' };
    expect(act(create, [group]).candidates).toMatchObject([
      { kind: 'unmanaged', resource: { type: 'microsoft.own/things' } },
    ]);
    expect(act(create, []).outcome).toBe('unresolved');
  });

  it('set on another resource is no change of that', () => {
    const on = `${AZURE_NSG}/providers/Microsoft.Insights/diagnosticSettings/logs`;
    const nsg = azure('azurerm_network_security_group', AZURE_NSG);
    const remove = { operation: 'Microsoft.Insights/diagnosticSettings/delete', on };
    expect(act(remove, [nsg])).toMatchObject({ outcome: 'unresolved', candidates: [] });
  });
});

describe('what a body sets', () => {
  const ACCOUNT = `${AZURE_GROUP}/providers/Microsoft.Storage/storageAccounts/shopdata`;
  const write = (body: object, attributes: JsonObject): readonly (readonly string[])[] =>
    verdictsOf(
      act({ operation: 'Microsoft.Storage/storageAccounts/write', on: ACCOUNT, body }, [
        azure('azurerm_storage_account', ACCOUNT, attributes),
      ]).candidates[0],
    );

  it('is compared as the attributes of the account', () => {
    const networkAcls = { defaultAction: 'Allow', bypass: 'Logging, AzureServices' };
    expect(
      write(
        {
          properties: { allowBlobPublicAccess: true, publicNetworkAccess: 'Disabled', networkAcls },
        },
        {
          allow_nested_items_to_be_public: false,
          public_network_access_enabled: false,
          network_rules: [{ default_action: 'Deny', bypass: ['AzureServices', 'Logging'] }],
        },
      ),
    ).toEqual([
      ['allow_nested_items_to_be_public', 'set', 'differs'],
      ['public_network_access_enabled', 'set', 'equals_desired'],
      ['network_rules[0].default_action', 'set', 'differs'],
      ['network_rules[0].bypass', 'set', 'equals_desired'],
    ]);
  });

  it('are the tags, those that it leaves out among them', () => {
    expect(write({ tags: { env: 'dev', new: '1' } }, { tags: { env: 'prod', team: 'a' } })).toEqual(
      [
        ['tags.env', 'set', 'differs'],
        ['tags.new', 'set', 'not_in_desired'],
        ['tags.team', 'remove', 'differs'],
      ],
    );
  });

  it('is told of the network rules that are a resource of their own', () => {
    const rules = azure('azurerm_storage_account_network_rules', ACCOUNT, {
      default_action: 'Deny',
    });
    const account = azure('azurerm_storage_account', ACCOUNT);
    const body = { properties: { networkAcls: { defaultAction: 'Allow' } } };
    const { candidates } = act(
      { operation: 'Microsoft.Storage/storageAccounts/write', on: ACCOUNT, body },
      [rules, account],
    );
    expect(candidates.map(({ resource }) => resource.type)).toEqual([
      'azurerm_storage_account_network_rules',
    ]);
    expect(verdictsOf(candidates[0])).toEqual([['default_action', 'set', 'differs']]);
  });

  it('of an access policy goes to the policy of that object', () => {
    const vault = `${AZURE_GROUP}/providers/Microsoft.KeyVault/vaults/kv`;
    const policy = azure('azurerm_key_vault_access_policy', `${vault}/objectId/o-1`, {
      key_vault_id: vault,
      object_id: 'o-1',
      secret_permissions: ['Get'],
    });
    const accessPolicies = [
      { objectId: 'o-1', permissions: { secrets: ['Get', 'Set'] } },
      { objectId: 'o-2', permissions: { secrets: ['Get'] } },
    ];
    const { candidates } = act(
      {
        operation: 'Microsoft.KeyVault/vaults/accessPolicies/write',
        on: `${vault}/accessPolicies/add`,
        body: { properties: { accessPolicies } },
      },
      [policy],
    );
    expect(candidates).toHaveLength(1);
    expect(verdictsOf(candidates[0])).toEqual([['secret_permissions', 'set', 'differs']]);
  });
});

describe('what is no act', () => {
  const nsg = azure('azurerm_network_security_group', AZURE_NSG);
  const on = AZURE_NSG;
  const operation = 'Microsoft.Network/networkSecurityGroups/write';

  it.each([
    ['a start', { more: { resultType: 'Start' } }, 'runtime', 'call_begun'],
    ['an acceptance', { more: { resultType: 'Accept' } }, 'runtime', 'call_begun'],
    ['a failure', { more: { resultType: 'Failure' } }, 'failed', 'call_failed'],
    [
      'a denial by policy',
      { more: { resultType: 'Failure', category: 'Policy' } },
      'failed',
      'call_failed',
    ],
    ['an audit by policy', { more: { category: 'Policy' } }, 'runtime', 'record_type'],
    ['a recommendation', { more: { category: 'Recommendation' } }, 'runtime', 'record_type'],
    [
      'a read',
      { operation: 'Microsoft.Network/networkSecurityGroups/read' },
      'read',
      'read_by_name',
    ],
    [
      'reading keys',
      { operation: 'Microsoft.Storage/storageAccounts/listKeys/action' },
      'read',
      'read_by_name',
    ],
    [
      'an action',
      { operation: 'Microsoft.Network/networkSecurityGroups/join/action' },
      'runtime',
      'runtime_operation',
    ],
    [
      'a deployment',
      { operation: 'Microsoft.Resources/deployments/write' },
      'runtime',
      'runtime_operation',
    ],
    ['scaling by itself', { more: { category: 'Autoscale' } }, 'service', 'cloud_service'],
  ])('is %s', (_name, more, outcome, reason) => {
    expect(act({ operation, on, ...more }, [nsg])).toMatchObject({ outcome, reason });
  });

  it('is none but an action with a row', () => {
    const on = `${AZURE_GROUP}/providers/Microsoft.Storage/storageAccounts/shopdata`;
    const account = azure('azurerm_storage_account', on);
    const operation = 'Microsoft.Storage/storageAccounts/regenerateKey/action';
    expect(act({ operation, on }, [account]).outcome).toBe('candidate');
  });
});

describe('an assignment of a role', () => {
  const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
  const id = `${AZURE_GROUP}/providers/Microsoft.Authorization/roleAssignments/a1`;
  const definition = `/providers/Microsoft.Authorization/roleDefinitions/${reader}`;

  it('is of the same role, in whichever scope its definition is named', () => {
    const owner = azure('azurerm_role_assignment', id, {
      role_definition_id: `/subscriptions/s${definition}`,
    });
    const operation = 'Microsoft.Authorization/roleAssignments/write';
    const kindWith = (roleDefinitionId: string) =>
      act({ on: id, operation, body: { properties: { roleDefinitionId } } }, [owner]).candidates[0]
        ?.kind;
    expect(kindWith(definition)).toBe('restored');
    expect(kindWith(definition.replace('acdd', 'b24c'))).toBe('changed');
  });
});
