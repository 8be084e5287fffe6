import type { AuditEvent } from '../core/model/audit-event.ts';
import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import type { JsonValue } from '../core/model/json.ts';
import type { EventOutcome } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import { requestIdentifiers } from '../core/model/request-identifiers.ts';
import type { ActorTexts } from './actor-texts.ts';
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

/** The same for a candidate: actor, session, address, account, and the resource by identity, key and place in code. */
export const candidateEntities = ({
  resource,
  actor,
  session_uid,
  source_ip,
  ambiguous,
}: DriftCandidate): readonly string[] | undefined =>
  indexedTexts(
    [
      actor.principal,
      actor.name,
      session_uid,
      source_ip,
      resource.account,
      resource.identity,
      resource.key,
      resource.address,
      ...ambiguous,
    ],
    MAX_ENTITIES,
  );
