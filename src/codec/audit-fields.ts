import { isIP } from 'node:net';
import type { ActivityId, AuditEvent, StatusId } from '../core/model/audit-event.ts';
import { ACTIVITY, STATUS } from '../core/model/audit-event.ts';
import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { Provider } from '../core/model/provider.ts';
import { actorTexts, UNKNOWN } from './actor-texts.ts';
import { attackFields } from './attack-fields.ts';
import { entitiesMember } from './entities.ts';
import {
  flatText,
  indexedQuoted,
  jsonMember,
  membersOf,
  plainMember,
  quoted,
  remembered,
  rememberedPair,
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

const STATUS_NAMES: Readonly<Record<StatusId, string>> = {
  [STATUS.unknown]: 'Unknown',
  [STATUS.success]: 'Success',
  [STATUS.failure]: 'Failure',
};

/** Pieces that are kept as they stand in documents: those of the sessions at work. */
const MAX_KEPT = 4_096;

const BEFORE_TIME = '{"time":';
const BEFORE_HASH = `,"raw_data_hash":{"algorithm_id":${SHA_256},"value":"`;
const BEHIND_HASH = '"},"driftline":{';

const classText = (activityId: ActivityId, statusId: StatusId): string =>
  flatText(
    membersOf({
      class_uid: CLASS_UID,
      category_uid: CATEGORY_UID,
      type_uid: CLASS_UID * 100 + activityId,
      activity_id: activityId,
      severity_id: INFORMATIONAL,
      status_id: statusId,
      status: STATUS_NAMES[statusId],
    }),
  );

const classTexts: ReadonlyMap<ActivityId, ReadonlyMap<StatusId, string>> = new Map(
  Object.values(ACTIVITY).map((activity) => [
    activity,
    new Map(Object.values(STATUS).map((status) => [status, classText(activity, status)])),
  ]),
);

const classMembers = (activityId: ActivityId, statusId: StatusId): string =>
  classTexts.get(activityId)?.get(statusId) ?? classText(activityId, statusId);

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

/** By what the record says of its kind, '' where it says nothing; what every document of the provider has besides. */
const productMembers = rememberedPair((provider, code) => {
  const product = PRODUCTS[provider as Provider];
  return (
    textMember('event_code', code) +
    membersOf({ version: OCSF_VERSION, profiles: PROFILES, product })
  );
}, MAX_KEPT);

const apiMember = rememberedPair(
  (service, operation) =>
    jsonMember('api', {
      operation: indexedText(operation),
      service: indexedText(service) === undefined ? undefined : { name: indexedText(service) },
    }),
  MAX_KEPT,
);

const BEFORE_CLOUD: Readonly<Record<Provider, string>> = {
  aws: ',"cloud":{"provider":"aws"',
  azure: ',"cloud":{"provider":"azure"',
  gcp: ',"cloud":{"provider":"gcp"',
  kubernetes: ',"cloud":{"provider":"kubernetes"',
  terraform: ',"cloud":{"provider":"terraform"',
};

/** Account and region, '' where there is none. */
const cloudMembers = rememberedPair(
  (account, region) =>
    (account === '' ? '' : jsonMember('account', { uid: indexedText(account) })) +
    textMember('region', region),
  MAX_KEPT,
);

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

const outcomeMembers = rememberedPair(
  (outcome, reason) => `"outcome":"${outcome}"${textMember('reason', reason)}`,
  MAX_KEPT,
);

const beforePartition = remembered((topic) => `,"topic":${quoted(topic)},"partition":`, MAX_KEPT);

const offsetMember = (offset: string): string => `,"offset":${quoted(offset)}`;

const attacksMember = ({ candidates }: ProcessedEvent): string =>
  candidates.length === 0
    ? ''
    : jsonMember('attacks', attackFields(candidates.flatMap(({ attacks }) => attacks ?? [])));

/**
 * The indexed fields of an audit event's document, as JSON without the brace that closes it, for the record's own bytes
 * to follow (`spliceRaw`): names of OCSF, and what Driftline found under `driftline`.
 * Written as text, with the pieces that come again and again kept: an object of all fields and its serialization cost
 * three times as much as the parse of the record (test/bench/hot-path.md). The pieces are joined at once: put one behind
 * the other by themselves, they are a tree that takes three times as long to be made one text.
 * @param hash SHA-256 of the record, hex
 */
export const auditFields = (
  processed: ProcessedEvent,
  origin: RecordOrigin | undefined,
  hash: string,
  conflictOf: string | undefined,
  rawAs: RawForm,
): string => {
  const { event, outcome, reason = '', unmapped } = processed;
  const { provider, account = '', region = '', userAgent } = event;
  const actor = actorTexts(event.actor);
  return [
    BEFORE_TIME,
    String(event.time),
    classMembers(event.activityId, event.statusId),
    textMember('status_code', event.statusCode),
    // The first member always stands there: no comma before it has to be taken away again.
    ',"metadata":{"uid":',
    indexedQuoted(event.id),
    productMembers(provider, event.recordType ?? ''),
    plainMember('logged_time', receivedTime(origin)),
    '}',
    apiMember(event.service, event.operation),
    BEFORE_CLOUD[provider],
    cloudMembers(account, region),
    '}',
    actor.member,
    endpointMember(event.sourceIp ?? ''),
    userAgent === undefined ? '' : userAgentMember(userAgent),
    resourcesMember(event),
    entitiesMember(processed, actor),
    attacksMember(processed),
    BEFORE_HASH,
    hash,
    BEHIND_HASH,
    outcomeMembers(outcome, reason),
    verdictMembers(processed),
    textMember('source_identity', event.actor.sourceIdentity),
    findingMembers(processed),
    plainMember('read_only', event.readOnly),
    unmapped ? ',"unmapped":true' : '',
    textMember('id_conflict', conflictOf),
    rawAs === 'text' ? ',"raw_as_text":true' : '',
    origin === undefined ? '' : beforePartition(origin.topic),
    origin === undefined ? '' : String(origin.partition),
    origin === undefined ? '' : offsetMember(origin.offset),
    '}',
  ].join('');
};
