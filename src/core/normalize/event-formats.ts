import type { AuditEvent } from '../model/audit-event.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { RecordFailure } from '../model/outcome.ts';
import { azureActivityEvent, isAzureActivityRecord } from './azure-activity.ts';
import { cloudTrailEvent, isCloudTrailRecord } from './cloudtrail.ts';
import { aksAuditEvent, isAksAudit } from './kubernetes-aks.ts';
import { isKubernetesAudit, kubernetesAuditEvent } from './kubernetes-audit.ts';
import { gkeAuditEvent, isGkeAudit } from './kubernetes-gke.ts';
import type { ExactRecord } from './lazy-event.ts';
import { gcpAuditEvent, isGcpAuditEntry } from './gcp-audit.ts';
import { hcpTerraformEvent, isHcpTerraformAudit } from './hcp-terraform-audit.ts';
import { isOcsfApiActivity, ocsfEvent } from './ocsf.ts';

/** How one act is written by its producer, and how it is read. */
export interface EventFormat {
  /** As it stands in messages: `CloudTrail`. */
  readonly name: string;
  /** Whether the value is meant to be of this format, by fields that only it has; it may still be unusable. */
  recognises(value: JsonValue): boolean;
  /**
   * @param raw the act as received: one line of JSON
   * @param envelopes the containers that held the record, innermost first: what they tell of where it came from
   * @param exact where the numbers of `record` may be rounded: only formats with `takesExact`
   */
  toEvent(
    record: JsonObject,
    raw: Uint8Array,
    envelopes: readonly JsonValue[],
    exact?: ExactRecord,
  ): AuditEvent | RecordFailure;
  /**
   * Numbers count in request and answer only: where a whole number may be rounded, the decoder gives the exact record at
   * once, so that ids are the same however the record came.
   */
  readonly takesExact?: true;
}

/** In the order in which they are tried: a format that is written inside another's record comes before that one. */
export const EVENT_FORMATS: readonly EventFormat[] = [
  {
    name: 'CloudTrail',
    recognises: isCloudTrailRecord,
    toEvent: (record, raw, _envelopes, exact) => cloudTrailEvent(record, raw, exact),
    takesExact: true,
  },
  {
    name: 'OCSF API Activity',
    recognises: isOcsfApiActivity,
    toEvent: (record, raw, _envelopes, exact) => ocsfEvent(record, raw, exact),
    takesExact: true,
  },
  { name: 'Kubernetes audit', recognises: isKubernetesAudit, toEvent: kubernetesAuditEvent },
  { name: 'GKE audit', recognises: isGkeAudit, toEvent: gkeAuditEvent },
  { name: 'AKS audit', recognises: isAksAudit, toEvent: aksAuditEvent },
  {
    name: 'HCP Terraform audit trail',
    recognises: isHcpTerraformAudit,
    toEvent: hcpTerraformEvent,
  },
  { name: 'Cloud Audit Logs', recognises: isGcpAuditEntry, toEvent: gcpAuditEvent },
  { name: 'Azure Activity Log', recognises: isAzureActivityRecord, toEvent: azureActivityEvent },
];
