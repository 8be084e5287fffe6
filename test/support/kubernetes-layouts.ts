import type { JsonObject } from '../../src/core/model/json.ts';

/** A Kubernetes audit event in each layout that carries one, and what of it an HCP Terraform event could hold. */
export const KUBERNETES_LAYOUTS: Readonly<Record<string, (event: JsonObject) => JsonObject>> = {
  native: (event) => event,
  'event list': (event) => ({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [event] }),
  EKS: (event) => ({
    logGroup: '/aws/eks/prod-eu/cluster',
    logEvents: [{ id: '1', message: JSON.stringify(event) }],
  }),
  AKS: (event) => ({ category: 'kube-audit', properties: { log: JSON.stringify(event) } }),
  GKE: (event) => ({
    insertId: event['auditID'] ?? null,
    timestamp: event['stageTimestamp'] ?? null,
    resource: { labels: { cluster_name: event['cluster'] ?? null } },
    protoPayload: {
      serviceName: 'k8s.io',
      methodName: `io.k8s.apps.v1.deployments.${typeof event['verb'] === 'string' ? event['verb'] : 'patch'}`,
      resourceName: 'apps/v1/namespaces/shop/deployments/web',
      authenticationInfo: event['user'] ?? null,
      request: event['requestObject'] ?? null,
      response: event['responseObject'] ?? null,
      status: event['responseStatus'] ?? null,
      requestMetadata: event['objectRef'] ?? null,
    },
  }),
  'HCP Terraform': (event) => ({
    id: event['auditID'] ?? null,
    timestamp: '2026-03-02T09:14:33Z',
    auth: { accessor_id: event['user'] ?? null, organization_id: event['cluster'] ?? null },
    resource: { id: event['objectRef'] ?? null, type: 'variable', action: event['verb'] ?? null },
  }),
};
