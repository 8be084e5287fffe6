import type { AuditEvent } from '../model/audit-event.ts';
import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';
import type { RecordFailure } from '../model/outcome.ts';
import { embeddedJson } from './embedded-json.ts';
import { kubernetesAuditEvent } from './kubernetes-audit.ts';
import { invalidEvent } from './record-failure.ts';

/** `kube-audit-admin` leaves out reads. */
const CATEGORIES: ReadonlySet<unknown> = new Set(['kube-audit', 'kube-audit-admin']);

/** Whether a JSON value is a diagnostic record of AKS that holds an audit event. */
export const isAksAudit = (value: unknown): value is JsonObject =>
  isJsonObject(value) && CATEGORIES.has(ownValue(value, 'category'));

/**
 * One diagnostic record of AKS (category `kube-audit` or `kube-audit-admin`): an audit event as JSON text in
 * `properties.log`, the cluster in `resourceId`. Fails with `invalid_event` where there is none, and as
 * `kubernetesAuditEvent` does.
 * Source: Azure Kubernetes Service, "Monitoring data reference", resource logs.
 */
export const aksAuditEvent = (
  record: JsonObject,
  raw: Uint8Array,
  envelopes: readonly JsonValue[],
): AuditEvent | RecordFailure => {
  const properties = embeddedJson(ownValue(record, 'properties'));
  const event = embeddedJson(ownValue(properties, 'log'));
  return isJsonObject(event)
    ? kubernetesAuditEvent(event, raw, [record, ...envelopes])
    : invalidEvent('AKS diagnostic record: properties.log is not the JSON of an audit event.');
};
