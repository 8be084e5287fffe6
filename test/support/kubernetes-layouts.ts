import { ownString, ownValue, type JsonObject, type JsonValue } from '../../src/core/model/json.ts';

/** Group, version and resource of a method of GKE, and the resource's name, as of the event's own reference. */
const gkeCall = (event: JsonObject): JsonObject => {
  const reference = event['objectRef'];
  const parts = ['resource', 'namespace', 'name'].map((part) => ownString(reference, part));
  const [resource = 'deployments', namespace = 'shop', name = 'web'] = parts;
  const group = ownString(reference, 'apiGroup') ?? 'core';
  return {
    methodName: `io.k8s.${group}.v1.${resource}.${ownString(event, 'verb') ?? 'patch'}`,
    resourceName: `${group}/v1/namespaces/${namespace}/${resource}/${name}`,
  };
};

/** GKE has codes of RPC, where none is success. */
const gkeStatus = (status: JsonValue | undefined): JsonValue =>
  ownValue(status, 'code') === 200 ? {} : (status ?? null);

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
      ...gkeCall(event),
      authenticationInfo: event['user'] ?? null,
      request: event['requestObject'] ?? null,
      response: event['responseObject'] ?? null,
      status: gkeStatus(event['responseStatus']),
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
