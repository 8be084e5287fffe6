import type { AuditEvent } from '../core/model/audit-event.ts';
import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import { isArn } from '../core/model/identity.ts';
import type { JsonValue } from '../core/model/json.ts';
import { isCollectionIdentity } from '../core/model/object-reference.ts';
import type { EventOutcome } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import { requestIdentifiers } from '../core/model/request-identifiers.ts';
import { actorTexts, type ActorTexts } from './actor-texts.ts';
import { jsonMember, quoted } from './json-members.ts';
import { indexedText, indexedTexts } from './search-document.ts';

const MAX_ENTITIES = 100;

/** Outcomes of acts that change nothing, or nothing that matters: their payload is not searched for identifiers. */
const WITHOUT_PAYLOAD: ReadonlySet<EventOutcome> = new Set(['read', 'runtime']);

const IDENTIFIER_NAME = /(?:id|arn|name|identifier|uid)s?$/i;

interface Names {
  readonly add: (name: string | undefined) => void;
  readonly isFull: () => boolean;
  readonly all: () => readonly string[];
}

/** At most 100 names, each once. */
const createNames = (): Names => {
  const found = new Set<string>();
  const isFull = (): boolean => found.size >= MAX_ENTITIES;
  return {
    add: (name) => {
      const bounded = isFull() ? undefined : indexedText(name);
      if (bounded !== undefined) found.add(bounded);
    },
    isFull,
    all: () => [...found],
  };
};

const addPayload = ({ add }: Names, payload: JsonValue | undefined): void => {
  for (const { name, value, arn } of requestIdentifiers(payload)) {
    if (arn || IDENTIFIER_NAME.test(name)) add(value);
  }
};

const entitiesOf = (
  { event, outcome, actor, owners, candidates }: ProcessedEvent,
  texts: ActorTexts,
): readonly string[] => {
  const names = createNames();
  const { add } = names;
  texts.entities.forEach(add);
  add(actor?.principal);
  add(event.account);
  add(event.sourceIp);
  for (const { uid } of event.resources) add(uid);
  for (const owner of owners) {
    add(owner.address);
    owner.identities.forEach(add);
  }
  for (const { resource } of candidates) {
    add(resource.identity);
    add(resource.address);
  }
  if (!WITHOUT_PAYLOAD.has(outcome)) {
    if (!names.isFull()) addPayload(names, event.request);
    if (!names.isFull()) addPayload(names, event.response);
  }
  return names.all();
};

/** Of an act that touched nothing of code and whose payload is not searched: who, where, from where, and on what. */
const plainEntities = (
  { account, sourceIp, resources }: AuditEvent,
  { entities, entitiesJson }: ActorTexts,
): string => {
  let all = entitiesJson;
  const more: string[] = [];
  const add = (text: string | undefined): void => {
    const bounded = indexedText(text);
    if (bounded === undefined || entities.includes(bounded) || more.includes(bounded)) return;
    if (entities.length + more.length >= MAX_ENTITIES) return;
    more.push(bounded);
    all += all === '' ? quoted(bounded) : `,${quoted(bounded)}`;
  };
  add(account);
  add(sourceIp);
  for (const { uid } of resources) add(uid);
  return all === '' ? '' : `,"entities":[${all}]`;
};

/**
 * `,"entities":[…]`: every principal, account, address, ARN and id that an act speaks of, in one list to search by: at
 * most 100, each once. Those of the payload only where the act can have changed something. '' where there are none.
 */
export const entitiesMember = (processed: ProcessedEvent, texts: ActorTexts): string => {
  const { event, outcome, actor, owners, candidates } = processed;
  const isPlain =
    WITHOUT_PAYLOAD.has(outcome) &&
    actor === undefined &&
    owners.length === 0 &&
    candidates.length === 0;
  if (isPlain) return plainEntities(event, texts);
  const entities = entitiesOf(processed, texts);
  return entities.length === 0 ? '' : jsonMember('entities', entities);
};

/** An identity as it is, and as people write it: without the type, `sg-1` for `aws_security_group:sg-1`. */
const asWritten = (identity: string): readonly string[] =>
  isArn(identity) ? [identity] : [identity, identity.slice(identity.indexOf(':') + 1)];

/** Whether an ARN may be of what the act was done to: of its service and its account, where it says one. */
const isOfAct = (arn: string, { service, account }: AuditEvent): boolean => {
  const [, , ofService = '', , owner = ''] = arn.split(':', 5);
  return service.startsWith(`${ofService}.`) && (owner === '' || owner === account);
};

const actArns = new WeakMap<AuditEvent, readonly string[]>();

/** The ARNs that an act states and tells, collected once for all of its candidates. */
const arnsOfAct = (event: AuditEvent): readonly string[] => {
  let arns = actArns.get(event);
  if (arns === undefined) {
    const { resources, request, response } = event;
    const stated = resources.flatMap(({ uid }) => (uid !== undefined && isArn(uid) ? [uid] : []));
    const told = [request, response].flatMap((payload) =>
      requestIdentifiers(payload).flatMap(({ value, arn }) => (arn ? [value] : [])),
    );
    arns = [...new Set([...stated, ...told])].filter((arn) => isOfAct(arn, event));
    actArns.set(event, arns);
  }
  return arns;
};

/** ARNs of the act that end with the id: what no code owns has no other that is known. */
const arnsOf = (identity: string, event: AuditEvent): readonly string[] => {
  const [, id] = asWritten(identity);
  if (id === undefined || id === '') return [];
  return arnsOfAct(event).filter((arn) => arn.endsWith(`/${id}`) || arn.endsWith(`:${id}`));
};

const identitiesIn = (
  { resource }: DriftCandidate,
  processed: Pick<ProcessedEvent, 'event' | 'owners'> | undefined,
): readonly string[] => {
  const owner = processed?.owners.find(({ key }) => key === resource.key);
  const others =
    processed === undefined || owner !== undefined
      ? owner?.identities
      : arnsOf(resource.identity, processed.event);
  return [resource.identity, ...(others ?? [])]
    .filter((identity) => !isCollectionIdentity(identity))
    .flatMap(asWritten);
};

/**
 * The same for a candidate: the actor under all its names, session, access key, address, account, and the resource by
 * identity, id, name, ARN, key and place in code.
 * @param processed what the candidate was found in
 */
export const candidateEntities = (
  candidate: DriftCandidate,
  processed?: Pick<ProcessedEvent, 'event' | 'owners'>,
): readonly string[] | undefined => {
  const { resource, actor, session_uid, source_ip, ambiguous } = candidate;
  return indexedTexts(
    [
      actor.principal,
      actor.name,
      session_uid,
      source_ip,
      resource.account,
      resource.key,
      resource.address,
      ...(processed === undefined ? [] : actorTexts(processed.event.actor).entities),
      ...identitiesIn(candidate, processed),
      ...ambiguous,
    ],
    MAX_ENTITIES,
  );
};
