import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { act, azure } from '../../support/azure-acts.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { AZURE_GROUP, AZURE_NSG } from '../../support/cloud-fixtures.ts';

const rule = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  priority: 100,
  direction: 'Inbound',
  access: 'Allow',
  protocol: 'Tcp',
  destination_port_range: '22',
  source_address_prefix: '10.0.0.0/8',
  ...more,
});
const written = (name: string, source: string, protocol = 'TCP'): object => ({
  name,
  properties: {
    priority: 100,
    direction: 'Inbound',
    access: 'Allow',
    protocol,
    destinationPortRange: '22',
    sourceAddressPrefix: source,
  },
});

describe('rules within a security group', () => {
  const group = azure('azurerm_network_security_group', AZURE_NSG, {
    security_rule: [rule('ssh'), rule('web', { priority: 200 })],
  });
  const one = (body: object) =>
    act({ on: `${AZURE_NSG}/securityRules/ssh`, body }, [group]).candidates[0];

  it.each(['TCP', 'tcp', 'Tcp'])('know a protocol in any case: %s', (protocol) => {
    expect(one(written('ssh', '10.0.0.0/8', protocol))?.kind).toBe('restored');
  });

  it('may have the name of a protocol', () => {
    const named = azure('azurerm_network_security_group', AZURE_NSG, {
      security_rule: [rule('TCP')],
    });
    const on = `${AZURE_NSG}/securityRules/TCP`;
    const [candidate] = act({ on, body: written('TCP', '10.0.0.0/8') }, [named]).candidates;
    expect(candidate?.kind).toBe('restored');
  });

  it('are compared with the rule of code that has the name', () => {
    const candidate = one(written('ssh', '*'));
    expect(verdictsOf(candidate)).toEqual([['security_rule', 'add', 'differs']]);
    expect(candidate?.changes[0]?.desired).toMatchObject({ name: 'ssh' });
  });

  it('are new under a name that code does not have', () => {
    expect(verdictsOf(one(written('rdp', '*')))).toEqual([
      ['security_rule', 'add', 'not_in_desired'],
    ]);
  });
});

describe('a storage account', () => {
  const account = `${AZURE_GROUP}/providers/Microsoft.Storage/storageAccounts/logs`;
  const operation = 'microsoft.storage/storageaccounts/write';
  const owner = azure('azurerm_storage_account', account, {
    account_tier: 'Standard',
    account_replication_type: 'GZRS',
  });

  it('tells its tier and its replication by the name of the SKU', () => {
    const body = { sku: { name: 'Standard_LRS' } };
    const [candidate] = act({ operation, on: account, body }, [owner]).candidates;
    expect(verdictsOf(candidate)).toEqual([
      ['account_tier', 'set', 'equals_desired'],
      ['account_replication_type', 'set', 'differs'],
    ]);
  });

  it('loses the tags that a deletion names', () => {
    const tagged = azure('azurerm_storage_account', account, { tags: { owner: 'ops', app: 'x' } });
    const [candidate] = act(
      {
        operation: 'microsoft.resources/tags/write',
        on: `${account}/providers/Microsoft.Resources/tags/default`,
        body: { operation: 'Delete', properties: { tags: { owner: 'ops' } } },
      },
      [tagged],
    ).candidates;
    expect(verdictsOf(candidate)).toEqual([['tags.owner', 'remove', 'differs']]);
  });
});

describe('access policies of a key vault', () => {
  const vault = `${AZURE_GROUP}/providers/Microsoft.KeyVault/vaults/keys`;
  const body = {
    properties: { accessPolicies: [{ objectId: 'app', permissions: { secrets: ['Get'] } }] },
  };
  const write = (kind: string, resources: Parameters<typeof act>[1]) =>
    act(
      {
        operation: 'microsoft.keyvault/vaults/accesspolicies/write',
        on: `${vault}/accessPolicies/${kind}`,
        body,
      },
      resources,
    ).candidates;

  it('are taken away by the kind of operation that the path ends with', () => {
    const policy = azure('azurerm_key_vault_access_policy', `${vault}/objectId/app`, {
      key_vault_id: vault,
      object_id: 'app',
      secret_permissions: ['Get'],
    });
    expect(write('remove', [policy])).toMatchObject([{ kind: 'deleted' }]);
    expect(write('add', [policy])).toMatchObject([{ kind: 'restored' }]);
  });

  it('are taken away from a vault that holds them', () => {
    const owner = azure('azurerm_key_vault', vault, { access_policy: [{ object_id: 'app' }] });
    const action = (kind: string) => write(kind, [owner])[0]?.changes.map((each) => each.action);
    expect(action('remove')).toEqual(['remove']);
    expect(action('add')).toEqual(['add']);
  });
});
