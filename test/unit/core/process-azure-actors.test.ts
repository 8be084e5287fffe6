import { describe, expect, it } from 'vitest';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { act, azure } from '../../support/azure-acts.ts';
import { AZURE_NSG } from '../../support/cloud-fixtures.ts';

const RULE = `${AZURE_NSG}/securityRules/ssh`;

describe('who acted', () => {
  const nsg = azure('azurerm_network_security_group', AZURE_NSG);
  const by = (claims: object, trusted: readonly string[] = []): ProcessedEvent =>
    act(
      {
        operation: 'Microsoft.Network/networkSecurityGroups/write',
        on: AZURE_NSG,
        more: { identity: { claims } },
      },
      [nsg],
      trusted,
    );
  const oid = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
  const pipeline = { idtyp: 'app', appid: 'a1b2', [oid]: 'o-77' };

  it('is a person in the portal', () => {
    const { actor } = act({ on: RULE }, [nsg]);
    expect(actor).toMatchObject({ class: 'console', name: 'alice@example.com', trusted: false });
  });

  it.each([['a1b2'], ['o-77'], ['o-*']])('is the pipeline where %s is trusted', (trusted) => {
    expect(by(pipeline, [trusted])).toMatchObject({
      outcome: 'iac',
      actor: {
        class: 'iac_pipeline',
        signals: ['pipeline-service-principal', 'service-principal'],
      },
    });
  });

  it.each([
    ['a service principal', { ...pipeline, app_displayname: 'Azure Cleanup' }, 'Azure Cleanup'],
    ['a person', { idtyp: 'user', [oid]: 'o-1', name: 'Microsoft Support' }, 'Microsoft Support'],
    ['nobody by type', { [oid]: 'o-1', name: 'Microsoft.Support' }, 'Microsoft.Support'],
  ])('is not Microsoft by the display name of %s', (_who, claims, name) => {
    const found = by(claims);
    expect(found).toMatchObject({ outcome: 'candidate', actor: { name } });
    expect(found.actor?.principal).not.toBe(name);
    expect(found.actor?.signals).not.toContain('microsoft-caller');
  });

  it('is the caller before any display name, which trust does not cover', () => {
    const more = { caller: 'eve@example.com', identity: { claims: { name: 'ci' } } };
    const operation = 'Microsoft.Network/networkSecurityGroups/write';
    expect(act({ operation, on: AZURE_NSG, more }, [nsg], ['ci'])).toMatchObject({
      actor: { principal: 'eve@example.com', trusted: false },
    });
  });

  it.each([
    [{}, 'service'],
    [{ evidence: { principalType: 'User' } }, 'candidate'],
    [{ evidence: { principalType: 'ServicePrincipal' } }, 'candidate'],
  ])('is Microsoft as caller, with %j as authorization: %s', (authorization, outcome) => {
    const more = { caller: 'Microsoft.Insights', identity: { authorization, claims: {} } };
    const operation = 'Microsoft.Network/networkSecurityGroups/write';
    expect(act({ operation, on: AZURE_NSG, more }, [nsg]).outcome).toBe(outcome);
  });

  it('is any other service principal', () => {
    expect(by(pipeline, ['other'])).toMatchObject({
      outcome: 'candidate',
      actor: { class: 'cli_sdk', trusted: false },
    });
  });

  it('is a person on the command line, whom no name of a pipeline covers', () => {
    const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';
    const claims = { appid: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', [upn]: 'bob@example.com' };
    expect(by(claims)).toMatchObject({
      outcome: 'candidate',
      actor: { class: 'cli_sdk', name: 'bob@example.com', principal: 'bob@example.com' },
    });
    expect(by(claims, ['bob@*'])).toMatchObject({
      outcome: 'candidate',
      reason: 'pipeline_identity_outside_iac_tool',
    });
  });
});
