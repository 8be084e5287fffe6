import type { EventActor } from '../core/model/audit-event.ts';
import { ownText } from '../core/model/bounded-cache.ts';
import { jsonMember } from './json-members.ts';
import { indexedText, indexedTexts } from './search-document.ts';

/** What documents say of an actor, as JSON. */
export interface ActorTexts {
  /** `,"actor":{…}`: names of OCSF. */
  readonly member: string;
  /** Every name of the actor to search by, each once. */
  readonly entities: readonly string[];
  /** The same as JSON, without the brackets. */
  readonly entitiesJson: string;
}

/** What OCSF requires and a record does not tell. */
export const UNKNOWN = 'Unknown';

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

const actorFields = (actor: EventActor): object => ({
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

const MAX_NAMES = 6;

const textsOf = (actor: EventActor): ActorTexts => {
  const { userUid, userName, credentialUid, sessionUid, sessionIssuer, sourceIdentity } = actor;
  const names = [userUid, userName, credentialUid, sessionUid, sessionIssuer, sourceIdentity];
  const entities = indexedTexts(names, MAX_NAMES) ?? [];
  return {
    member: jsonMember('actor', actorFields(actor)),
    entities,
    entitiesJson: JSON.stringify(entities).slice(1, -1),
  };
};

/** With its length, so that no name can stand for two. */
const part = (text: string | undefined): string =>
  text === undefined ? ';' : `${text.length}:${text}`;

const keyOf = (actor: EventActor): string =>
  part(actor.userUid) +
  part(actor.sessionUid) +
  part(actor.userName) +
  part(actor.userType) +
  part(actor.accountUid) +
  part(actor.credentialUid) +
  part(actor.sessionIssuer) +
  part(actor.invokedBy) +
  part(actor.sourceIdentity) +
  part(actor.federatedProvider) +
  part(actor.appUid) +
  String(actor.sessionMfa);

/** Sessions whose texts are kept, and the longest key of one: what is kept takes some 8 MB at most. */
const MAX_KEPT = 4_096;
const LONGEST_KEY = 1_024;

const kept = new Map<string, ActorTexts>();

/** What documents say of an actor. A session acts again and again: it is made once, and kept. */
export const actorTexts = (actor: EventActor): ActorTexts => {
  const key = keyOf(actor);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const texts = textsOf(actor);
  if (key.length > LONGEST_KEY) return texts;
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(ownText(key), texts);
  return texts;
};
