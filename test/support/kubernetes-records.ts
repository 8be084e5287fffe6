import type { AuditEvent } from '../../src/core/model/audit-event.ts';
import type { JsonObject, JsonValue } from '../../src/core/model/json.ts';
import { kubernetesAuditEvent } from '../../src/core/normalize/kubernetes-audit.ts';

/** Erin scales a deployment down with kubectl, in the cluster that the shipper names. */
export const patchRecord: JsonObject = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Request',
  auditID: '3f1c9a52-7d54-4a6e-9d3e-0b6f0a1c7e11',
  stage: 'ResponseComplete',
  requestURI: '/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=kubectl-patch',
  verb: 'patch',
  user: {
    username: 'erin@example.com',
    uid: 'c5f8a4a0',
    groups: ['platform', 'system:authenticated'],
  },
  sourceIPs: ['198.51.100.7', '10.0.0.1'],
  userAgent: 'kubectl/v1.34.1 (linux/amd64) kubernetes/93248f9',
  objectRef: {
    resource: 'deployments',
    namespace: 'shop',
    name: 'web',
    apiGroup: 'apps',
    apiVersion: 'v1',
  },
  responseStatus: { metadata: {}, code: 200 },
  requestObject: { spec: { replicas: 1 } },
  requestReceivedTimestamp: '2026-03-02T09:14:33.120001Z',
  stageTimestamp: '2026-03-02T09:14:33.151234Z',
  annotations: { 'authorization.k8s.io/decision': 'allow' },
  cluster: 'prod-eu',
};

/** The fields of a record that differ from Erin's; `undefined` takes a field out. */
export const kubernetesRecordWith = (fields: Readonly<Record<string, unknown>>): JsonObject =>
  JSON.parse(JSON.stringify({ ...patchRecord, ...fields })) as JsonObject;

export const kubernetesEventWith = (
  fields: Readonly<Record<string, unknown>>,
  envelopes: readonly JsonValue[] = [],
): AuditEvent => {
  const record = kubernetesRecordWith(fields);
  const raw = new TextEncoder().encode(JSON.stringify(record));
  const event = kubernetesAuditEvent(record, raw, envelopes);
  if ('reason' in event) throw new Error(event.message);
  return event;
};
