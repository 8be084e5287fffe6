/** Records in the layouts of Azure and Google, made for tests. Each takes fields to put over its own. */

export const SUBSCRIPTION = '0b1f6471-1bf0-4dda-aec3-cb9272f09590';
export const AZURE_GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-web`;
export const AZURE_NSG = `${AZURE_GROUP}/providers/Microsoft.Network/networkSecurityGroups/nsg-web`;

const UPN = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

export const PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';

/** What a person's token says, signed in to the portal. */
const azureClaims = {
  appid: PORTAL,
  idtyp: 'user',
  ipaddr: '203.0.113.9',
  uti: 'token-1',
  [UPN]: 'alice@example.com',
  [OBJECT_ID]: '11111111-2222-3333-4444-555555555555',
};

/** The layout of Event Hub and diagnostic settings: a rule of a network security group, written. */
export const eventHubRecord = (more: object = {}): Record<string, unknown> => ({
  time: '2026-03-01T10:00:00.1234567Z',
  resourceId: `${AZURE_NSG}/securityRules/ssh`.toUpperCase(),
  operationName: 'MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/SECURITYRULES/WRITE',
  category: 'Administrative',
  resultType: 'Success',
  resultSignature: 'Succeeded.OK',
  durationMs: '120',
  callerIpAddress: '203.0.113.9',
  correlationId: '7f0e8ab4-0000-4000-8000-000000000001',
  identity: {
    authorization: {
      scope: `${AZURE_NSG}/securityRules/ssh`,
      action: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
      evidence: { role: 'Owner', principalId: '1111111122223333', principalType: 'User' },
    },
    claims: azureClaims,
  },
  level: 'Information',
  location: 'global',
  tenantId: '99999999-0000-0000-0000-000000000000',
  properties: { eventCategory: 'Administrative', statusCode: 'OK' },
  ...more,
});

/** The layout of the REST API and `az monitor activity-log list`. */
export const restRecord = (more: object = {}): Record<string, unknown> => ({
  authorization: { action: 'Microsoft.Network/networkSecurityGroups/write', scope: AZURE_NSG },
  caller: 'alice@example.com',
  channels: 'Operation',
  claims: azureClaims,
  correlationId: '7f0e8ab4-0000-4000-8000-000000000002',
  description: '',
  eventDataId: 'd0d36f97-b29c-4cd9-9d3d-ea2b92af3e9d',
  eventName: { value: 'EndRequest', localizedValue: 'End request' },
  category: { value: 'Administrative', localizedValue: 'Administrative' },
  eventTimestamp: '2026-03-01T10:00:00.123Z',
  httpRequest: { clientIpAddress: '203.0.113.9', method: 'PUT' },
  id: `${AZURE_NSG}/events/d0d36f97-b29c-4cd9-9d3d-ea2b92af3e9d/ticks/637000000000000000`,
  level: 'Informational',
  operationName: {
    value: 'Microsoft.Network/networkSecurityGroups/write',
    localizedValue: 'Create or Update Network Security Group',
  },
  resourceId: AZURE_NSG,
  status: { value: 'Succeeded', localizedValue: 'Succeeded' },
  subStatus: { value: 'Created', localizedValue: 'Created (HTTP Status Code: 201)' },
  subscriptionId: SUBSCRIPTION,
  properties: { statusCode: 'Created' },
  ...more,
});

/** As the Python SDK's `as_dict` writes it. */
export const sdkRecord = (more: object = {}): Record<string, unknown> => ({
  caller: 'alice@example.com',
  claims: azureClaims,
  correlation_id: '7f0e8ab4-0000-4000-8000-000000000003',
  event_data_id: 'e0d36f97-b29c-4cd9-9d3d-ea2b92af3e9d',
  event_name: { value: 'EndRequest', localized_value: 'End request' },
  category: { value: 'Administrative', localized_value: 'Administrative' },
  event_timestamp: '2026-03-01T10:00:00.123456Z',
  http_request: { client_ip_address: '203.0.113.9', method: 'DELETE' },
  operation_name: { value: 'Microsoft.Network/networkSecurityGroups/delete' },
  resource_id: AZURE_NSG,
  status: { value: 'Succeeded', localized_value: 'Succeeded' },
  subscription_id: SUBSCRIPTION,
  ...more,
});

export const PROJECT = 'shop-prod-1';
export const FIREWALL = `projects/${PROJECT}/global/firewalls/allow-web`;

/** An entry of Cloud Audit Logs: a firewall, patched. Fields of `payload` go over those of `protoPayload`. */
export const auditEntry = (more: object = {}, payload: object = {}): Record<string, unknown> => ({
  insertId: '-abc123def456',
  logName: `projects/${PROJECT}/logs/cloudaudit.googleapis.com%2Factivity`,
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    authenticationInfo: { principalEmail: 'alice@example.com' },
    authorizationInfo: [
      {
        granted: true,
        permission: 'compute.firewalls.update',
        permissionType: 'ADMIN_WRITE',
        resourceAttributes: { name: FIREWALL, service: 'compute', type: 'compute.firewalls' },
      },
    ],
    methodName: 'v1.compute.firewalls.patch',
    request: {
      '@type': 'type.googleapis.com/compute.firewalls.patch',
      sourceRanges: ['0.0.0.0/0'],
    },
    requestMetadata: {
      callerIp: '203.0.113.9',
      callerSuppliedUserAgent: 'Mozilla/5.0 (X11; Linux x86_64),gzip(gfe)',
      requestAttributes: { time: '2026-03-01T10:00:00Z', auth: {} },
    },
    resourceLocation: { currentLocations: ['global'] },
    resourceName: FIREWALL,
    serviceName: 'compute.googleapis.com',
    ...payload,
  },
  receiveTimestamp: '2026-03-01T10:00:01.5Z',
  resource: {
    type: 'gce_firewall_rule',
    labels: { project_id: PROJECT, firewall_rule_id: '123456789' },
  },
  severity: 'NOTICE',
  timestamp: '2026-03-01T10:00:00.123456Z',
  ...more,
});
