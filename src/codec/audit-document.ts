import { isIP } from 'node:net';
import type { AuditEvent, EventActor, StatusId } from '../core/model/audit-event.ts';
import { STATUS } from '../core/model/audit-event.ts';
import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { Provider } from '../core/model/provider.ts';
import { attackFields } from './attack-fields.ts';
import { eventEntities } from './entities.ts';
import { rawForm, spliceRaw } from './raw-member.ts';
import type { RawForm } from './raw-member.ts';
import {
  datedIndex,
  dayOf,
  documentId,
  indexedText,
  indexedTexts,
  receivedTime,
  sha256,
} from './search-document.ts';
import type { RecordOrigin, SearchDocument, TimeWindow } from './search-document.ts';

export interface AuditDocumentOptions {
  /** Another act has this id: the document is flagged with it. The event given has an id of its own. */
  readonly conflictOf?: string | undefined;
  /** Default `audit-events`: the index is `<alias>-YYYY.MM.DD`, day of the event, UTC. */
  readonly alias?: string | undefined;
  /** Around the time that the record came to Kafka; an act outside of it goes to `<alias>-quarantine`. Default: none. */
  readonly window?: TimeWindow | undefined;
  /** Keeps the record as text (`raw_data`) whatever it holds. Default: only where an object would do harm. */
  readonly rawAs?: RawForm | undefined;
}

/** OCSF names of 1.5.0: class, category, and the fingerprint algorithm SHA-256. */
const CLASS_UID = 6003;
const CATEGORY_UID = 6;
const OCSF_VERSION = '1.5.0';
const SHA_256 = 3;
const INFORMATIONAL = 1;

const MAX_RESOURCES = 50;
const MAX_OWNERS = 20;
const MAX_NAMES = 50;

/** What OCSF requires and a record does not tell. */
const UNKNOWN = 'Unknown';

/** Profiles of OCSF whose attributes documents have. */
const PROFILES = ['cloud', 'security_control'];

const PRODUCTS: Readonly<Record<Provider, object>> = {
  aws: { name: 'CloudTrail', vendor_name: 'AWS' },
  azure: { name: 'Azure Activity Log', vendor_name: 'Microsoft' },
  gcp: { name: 'Cloud Audit Logs', vendor_name: 'Google Cloud' },
  kubernetes: { name: 'Kubernetes audit log', vendor_name: 'Kubernetes' },
  terraform: { name: 'HCP Terraform audit trail', vendor_name: 'HashiCorp' },
};

const STATUS_NAMES: Readonly<Record<StatusId, string>> = {
  [STATUS.unknown]: 'Unknown',
  [STATUS.success]: 'Success',
  [STATUS.failure]: 'Failure',
};

const sourceEndpoint = (source: string | undefined): object => {
  const text = indexedText(source);
  if (text === undefined || text === '') return { name: UNKNOWN };
  // A zone (fe80::1%eth0) is no part of an address for OpenSearch.
  if (isIP(text) !== 0 && !text.includes('%')) return { name: text, ip: text };
  return text.endsWith('.amazonaws.com')
    ? { name: text, svc_name: text }
    : { name: text, domain: text };
};

const userFields = (actor: EventActor): object => {
  const uid = indexedText(actor.userUid);
  const name = indexedText(actor.userName);
  return {
    type: indexedText(actor.userType),
    uid,
    name: uid === undefined && name === undefined ? UNKNOWN : name,
    account: actor.accountUid === undefined ? undefined : { uid: indexedText(actor.accountUid) },
    credential_uid: indexedText(actor.credentialUid),
  };
};

const actorFields = ({ actor }: AuditEvent): object => ({
  user: userFields(actor),
  session:
    actor.sessionUid === undefined && actor.sessionIssuer === undefined
      ? undefined
      : {
          uid: indexedText(actor.sessionUid),
          issuer: indexedText(actor.sessionIssuer),
          is_mfa: actor.sessionMfa,
        },
  idp:
    actor.federatedProvider === undefined
      ? undefined
      : { name: indexedText(actor.federatedProvider) },
  invoked_by: indexedText(actor.invokedBy),
  app_uid: indexedText(actor.appUid),
});

const ownerFields = (owner: DesiredResource): object => ({
  key: indexedText(owner.key),
  address: indexedText(owner.address),
  type: indexedText(owner.type),
  module: indexedText(owner.module),
  environment: indexedText(owner.environment),
  repository: indexedText(owner.repository),
  owner: indexedText(owner.owner),
});

const driftlineFields = (
  { event, outcome, reason, actor, owners, candidates, ignored, unmapped }: ProcessedEvent,
  origin: RecordOrigin | undefined,
  conflictOf: string | undefined,
  rawAs: RawForm,
): object => ({
  outcome,
  reason: indexedText(reason),
  actor_class: actor?.class,
  actor_trusted: actor?.trusted,
  signals: actor === undefined ? undefined : indexedTexts(actor.signals, MAX_NAMES),
  principal: indexedText(actor?.principal),
  actor_name: indexedText(actor?.name),
  source_identity: indexedText(event.actor.sourceIdentity),
  candidate_ids: indexedTexts(
    candidates.map(({ candidate_id }) => candidate_id),
    MAX_NAMES,
  ),
  change_set_ids: indexedTexts(
    candidates.map(({ change_set_id }) => change_set_id),
    MAX_NAMES,
  ),
  changed_attributes: indexedTexts(
    candidates.flatMap(({ changes }) => changes.map(({ path }) => path)),
    MAX_NAMES,
  ),
  ignored_by:
    ignored === undefined
      ? undefined
      : indexedTexts(
          ignored.map(({ rule }) => rule),
          MAX_NAMES,
        ),
  owners: owners.length === 0 ? undefined : owners.slice(0, MAX_OWNERS).map(ownerFields),
  read_only: event.readOnly,
  unmapped: unmapped || undefined,
  id_conflict: indexedText(conflictOf),
  raw_as_text: rawAs === 'text' || undefined,
  topic: origin?.topic,
  partition: origin?.partition,
  offset: origin?.offset,
});

/**
 * The document of an audit event: indexed fields under OCSF names, what Driftline found under `driftline`, and the
 * record's own bytes under `raw` (`raw_data`, as text, where `rawForm` says so). Written once; its hash is that of the
 * record.
 */
export const auditDocument = (
  processed: ProcessedEvent,
  origin: RecordOrigin | undefined,
  options: AuditDocumentOptions = {},
): SearchDocument => {
  const { event } = processed;
  const { conflictOf, alias = 'audit-events', rawAs, window } = options;
  const raw = Buffer.from(event.raw.buffer, event.raw.byteOffset, event.raw.byteLength);
  const form = rawAs ?? rawForm(raw);
  const hash = sha256(raw);
  const fields = JSON.stringify({
    time: event.time,
    class_uid: CLASS_UID,
    category_uid: CATEGORY_UID,
    type_uid: CLASS_UID * 100 + event.activityId,
    activity_id: event.activityId,
    severity_id: INFORMATIONAL,
    status_id: event.statusId,
    status: STATUS_NAMES[event.statusId],
    status_code: indexedText(event.statusCode),
    metadata: {
      uid: indexedText(event.id),
      event_code: indexedText(event.recordType),
      version: OCSF_VERSION,
      profiles: PROFILES,
      product: PRODUCTS[event.provider],
      logged_time: receivedTime(origin),
    },
    api: {
      operation: indexedText(event.operation),
      service: { name: indexedText(event.service) },
    },
    cloud: {
      provider: event.provider,
      account: event.account === undefined ? undefined : { uid: indexedText(event.account) },
      region: indexedText(event.region),
    },
    actor: actorFields(event),
    src_endpoint: sourceEndpoint(event.sourceIp),
    http_request:
      event.userAgent === undefined ? undefined : { user_agent: indexedText(event.userAgent) },
    resources:
      event.resources.length === 0
        ? undefined
        : event.resources
            .slice(0, MAX_RESOURCES)
            .map(({ uid, type }) => ({ uid: indexedText(uid), type: indexedText(type) })),
    entities: eventEntities(processed),
    attacks: attackFields(processed.candidates.flatMap(({ attacks }) => attacks ?? [])),
    raw_data_hash: { algorithm_id: SHA_256, value: hash },
    driftline: driftlineFields(processed, origin, conflictOf, form),
  });
  return {
    index: datedIndex(alias, dayOf, event.time, origin, window),
    id: documentId(event.id),
    body: spliceRaw(fields, 'raw', raw, form),
    write: 'create',
    hash,
    ...(origin === undefined ? {} : { origin }),
  };
};
