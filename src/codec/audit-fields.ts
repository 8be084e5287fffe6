import { isIP } from 'node:net';
import type { AuditEvent, StatusId } from '../core/model/audit-event.ts';
import { STATUS } from '../core/model/audit-event.ts';
import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { Provider } from '../core/model/provider.ts';
import { actorTexts, UNKNOWN } from './actor-texts.ts';
import { attackFields } from './attack-fields.ts';
import { entitiesMember } from './entities.ts';
import {
  jsonMember,
  membersOf,
  plainMember,
  quoted,
  remembered,
  textMember,
} from './json-members.ts';
import type { RawForm } from './raw-member.ts';
import { indexedText, indexedTexts, receivedTime } from './search-document.ts';
import type { RecordOrigin } from './search-document.ts';

/** OCSF names of 1.5.0: class, category, and the fingerprint algorithm SHA-256. */
const CLASS_UID = 6003;
const CATEGORY_UID = 6;
const OCSF_VERSION = '1.5.0';
const SHA_256 = 3;
const INFORMATIONAL = 1;

const MAX_RESOURCES = 50;
const MAX_OWNERS = 20;
const MAX_NAMES = 50;

/** Profiles of OCSF whose attributes documents have. */
const PROFILES = ['cloud', 'security_control'];

const PRODUCTS: Readonly<Record<Provider, object>> = {
  aws: { name: 'CloudTrail', vendor_name: 'AWS' },
  azure: { name: 'Azure Activity Log', vendor_name: 'Microsoft' },
  gcp: { name: 'Cloud Audit Logs', vendor_name: 'Google Cloud' },
  kubernetes: { name: 'Kubernetes audit log', vendor_name: 'Kubernetes' },
  terraform: { name: 'HCP Terraform audit trail', vendor_name: 'HashiCorp' },
};

/** What every document of a provider has in `metadata`. */
const PRODUCT_MEMBERS = Object.fromEntries(
  Object.entries(PRODUCTS).map(([provider, product]) => [
    provider,
    membersOf({ version: OCSF_VERSION, profiles: PROFILES, product }),
  ]),
);

const STATUS_NAMES: Readonly<Record<StatusId, string>> = {
  [STATUS.unknown]: 'Unknown',
  [STATUS.success]: 'Success',
  [STATUS.failure]: 'Failure',
};

/** Addresses and user agents that are kept as they stand in documents: those of the sessions at work. */
const MAX_KEPT = 4_096;

const sourceEndpoint = (source: string): object => {
  const text = indexedText(source);
  if (text === undefined) return { name: UNKNOWN };
  // A zone (fe80::1%eth0) is no part of an address for OpenSearch.
  if (isIP(text) !== 0 && !text.includes('%')) return { name: text, ip: text };
  return text.endsWith('.amazonaws.com')
    ? { name: text, svc_name: text }
    : { name: text, domain: text };
};

const endpointMember = remembered(
  (source) => jsonMember('src_endpoint', sourceEndpoint(source)),
  MAX_KEPT,
);

const userAgentMember = remembered(
  (userAgent) => jsonMember('http_request', { user_agent: indexedText(userAgent) }),
  MAX_KEPT,
);

const eventCodeMember = remembered((code) => textMember('event_code', code), MAX_KEPT);
const operationMember = remembered(
  (operation) => membersOf({ operation: indexedText(operation) }).slice(1),
  MAX_KEPT,
);
const serviceMember = remembered(
  (name) => membersOf({ service: { name: indexedText(name) } }).slice(1),
  MAX_KEPT,
);
const accountMember = remembered(
  (uid) => jsonMember('account', { uid: indexedText(uid) }),
  MAX_KEPT,
);
const regionMember = remembered((region) => textMember('region', region), MAX_KEPT);

/** The first members always stand there: no comma before them has to be taken away again. */
const metadataMember = (event: AuditEvent, origin: RecordOrigin | undefined): string => {
  const { recordType } = event;
  const code = recordType === undefined ? '' : eventCodeMember(recordType);
  const time = plainMember('logged_time', receivedTime(origin));
  return `,"metadata":{"uid":${quoted(indexedText(event.id) ?? '')}${code}${PRODUCT_MEMBERS[event.provider]}${time}}`;
};

const apiMember = ({ operation, service }: AuditEvent): string =>
  `,"api":{${[operationMember(operation), serviceMember(service)].filter((each) => each !== '').join(',')}}`;

const cloudMember = ({ provider, account, region }: AuditEvent): string =>
  `,"cloud":{"provider":"${provider}"${account === undefined ? '' : accountMember(account)}${region === undefined ? '' : regionMember(region)}}`;

const resourcesMember = ({ resources }: AuditEvent): string =>
  resources.length === 0
    ? ''
    : jsonMember(
        'resources',
        resources
          .slice(0, MAX_RESOURCES)
          .map(({ uid, type }) => ({ uid: indexedText(uid), type: indexedText(type) })),
      );

const verdictMembers = ({ actor }: ProcessedEvent): string =>
  actor === undefined
    ? ''
    : membersOf({
        actor_class: actor.class,
        actor_trusted: actor.trusted,
        signals: indexedTexts(actor.signals, MAX_NAMES),
        principal: indexedText(actor.principal),
        actor_name: indexedText(actor.name),
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

/** What detection has found of resources of code. */
const findingMembers = ({ owners, candidates, ignored }: ProcessedEvent): string =>
  owners.length === 0 && candidates.length === 0 && ignored === undefined
    ? ''
    : membersOf({
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
        ignored_by: indexedTexts(ignored?.map(({ rule }) => rule) ?? [], MAX_NAMES),
        owners: owners.length === 0 ? undefined : owners.slice(0, MAX_OWNERS).map(ownerFields),
      });

const driftlineMembers = (
  processed: ProcessedEvent,
  origin: RecordOrigin | undefined,
  conflictOf: string | undefined,
  rawAs: RawForm,
): string => {
  const { event, outcome, reason, unmapped } = processed;
  return (
    `"outcome":"${outcome}"${reasonMember(reason)}` +
    verdictMembers(processed) +
    textMember('source_identity', event.actor.sourceIdentity) +
    findingMembers(processed) +
    plainMember('read_only', event.readOnly) +
    plainMember('unmapped', unmapped || undefined) +
    textMember('id_conflict', conflictOf) +
    plainMember('raw_as_text', rawAs === 'text' || undefined) +
    (origin === undefined
      ? ''
      : `${jsonText('topic', origin.topic)},"partition":${origin.partition}${jsonText('offset', origin.offset)}`)
  );
};

const reasonMember = remembered((reason) => textMember('reason', reason), MAX_KEPT);

const jsonText = (name: string, text: string): string => `,"${name}":${quoted(text)}`;

/**
 * The indexed fields of an audit event's document, as JSON without the brace that closes it, for the record's own bytes
 * to follow (`spliceRaw`): names of OCSF, and what Driftline found under `driftline`.
 * Written as text, with the pieces that come again and again kept: an object of all fields and its serialization cost
 * three times as much as the parse of the record (test/bench/hot-path.md).
 * @param hash SHA-256 of the record, hex
 */
export const auditFields = (
  processed: ProcessedEvent,
  origin: RecordOrigin | undefined,
  hash: string,
  conflictOf: string | undefined,
  rawAs: RawForm,
): string => {
  const { event, candidates } = processed;
  const { activityId, statusId, sourceIp, userAgent } = event;
  const actor = actorTexts(event.actor);
  return (
    `{"time":${event.time},"class_uid":${CLASS_UID},"category_uid":${CATEGORY_UID},"type_uid":${CLASS_UID * 100 + activityId}` +
    `,"activity_id":${activityId},"severity_id":${INFORMATIONAL},"status_id":${statusId},"status":"${STATUS_NAMES[statusId]}"` +
    textMember('status_code', event.statusCode) +
    metadataMember(event, origin) +
    apiMember(event) +
    cloudMember(event) +
    actor.member +
    endpointMember(sourceIp ?? '') +
    (userAgent === undefined ? '' : userAgentMember(userAgent)) +
    resourcesMember(event) +
    entitiesMember(processed, actor) +
    (candidates.length === 0
      ? ''
      : jsonMember('attacks', attackFields(candidates.flatMap(({ attacks }) => attacks ?? [])))) +
    `,"raw_data_hash":{"algorithm_id":${SHA_256},"value":"${hash}"}` +
    `,"driftline":{${driftlineMembers(processed, origin, conflictOf, rawAs)}}`
  );
};
