import { describe, expect, it } from 'vitest';
import { azureTables } from '../../../../scripts/tables/azure/azure-tables.ts';

const SCOPE = '/subscriptions/0/resourceGroups/g/providers';

const types = new Map(
  ['azurerm_subnet', 'azurerm_storage_account', 'azurerm_storage_account_network_rules'].map(
    (type) => [type, { names: new Set(type === 'azurerm_storage_account' ? ['tags'] : []) }],
  ),
);

const format = (token: string, id: string): { readonly token: string; readonly id: string } => ({
  token,
  id: `${SCOPE}/${id}`,
});

describe('azureTables', () => {
  const { operations } = azureTables(types, [
    format('azure:network/subnet:Subnet', 'Microsoft.Network/virtualNetworks/v/subnets/s'),
    format('azure:storage/account:Account', 'Microsoft.Storage/storageAccounts/a'),
    format(
      'azure:storage/accountNetworkRules:AccountNetworkRules',
      'Microsoft.Storage/storageAccounts/a',
    ),
    format(
      'azure:network/subnet:Subnet',
      `Microsoft.Network/networkProfiles/p|${SCOPE}/Microsoft.Network/subnets/s`,
    ),
  ]);

  it('names the type by the ARM id that it is imported by', () => {
    const key = 'microsoft.network:virtualnetworks/subnets';
    expect(operations[`${key}/delete`]).toEqual({
      effect: 'delete',
      targets: [{ type: 'azurerm_subnet', id: '{resource.uid}' }],
    });
  });

  it('takes no setting of a resource for the resource, and tags where the type has them', () => {
    expect(operations['microsoft.storage:storageaccounts/write']).toEqual({
      effect: 'update',
      targets: [
        {
          type: 'azurerm_storage_account',
          id: '{resource.uid}',
          changes: [{ path: 'tags', from: 'request.tags', as: 'tag_set' }],
        },
      ],
    });
  });

  it('takes no association for a resource', () => {
    expect(Object.keys(operations)).toHaveLength(4);
  });
});
