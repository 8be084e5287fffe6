import type { EventActor } from '../core/model/audit-event.ts';
import { ownText } from '../core/model/bounded-cache.ts';
import { flatText, jsonMember } from './json-members.ts';
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
    member: flatText(jsonMember('actor', actorFields(actor))),
    entities,
    entitiesJson: JSON.stringify(entities).slice(1, -1),
  };
};

/** Whether documents say the same of both. */
const isSame = (one: EventActor, other: EventActor): boolean =>
  one.userUid === other.userUid &&
  one.sessionUid === other.sessionUid &&
  one.userName === other.userName &&
  one.userType === other.userType &&
  one.accountUid === other.accountUid &&
  one.credentialUid === other.credentialUid &&
  one.sessionIssuer === other.sessionIssuer &&
  one.sessionMfa === other.sessionMfa &&
  one.invokedBy === other.invokedBy &&
  one.sourceIdentity === other.sourceIdentity &&
  one.federatedProvider === other.federatedProvider &&
  one.appUid === other.appUid;

/** Actors whose texts are kept, and the most characters of one's names: what is kept takes some 8 MB of ASCII at most. */
const MAX_KEPT = 4_096;
const LONGEST_NAMES = 512;

const ownName = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : ownText(name);

/** An actor of its own, which holds on to no record; undefined where its names are too long to be kept. */
const ownActor = ({ sessionMfa, ...names }: EventActor): EventActor | undefined => {
  const own = {
    userUid: ownName(names.userUid),
    sessionUid: ownName(names.sessionUid),
    userName: ownName(names.userName),
    userType: ownName(names.userType),
    accountUid: ownName(names.accountUid),
    credentialUid: ownName(names.credentialUid),
    sessionIssuer: ownName(names.sessionIssuer),
    invokedBy: ownName(names.invokedBy),
    sourceIdentity: ownName(names.sourceIdentity),
    federatedProvider: ownName(names.federatedProvider),
    appUid: ownName(names.appUid),
  };
  const length = Object.values(own).reduce((sum, name) => sum + (name?.length ?? 0), 0);
  return length > LONGEST_NAMES ? undefined : { ...own, sessionMfa };
};

/** What tells actors apart at first: the session, or what there is of a name. */
const firstName = ({ sessionUid, userUid, userName, invokedBy }: EventActor): string =>
  sessionUid ?? userUid ?? userName ?? invokedBy ?? '';

/** By first name; of actors that share it, the last one. */
const kept = new Map<string, { readonly actor: EventActor; readonly texts: ActorTexts }>();

/** What documents say of an actor. A session acts again and again: it is made once, and kept. */
export const actorTexts = (actor: EventActor): ActorTexts => {
  const name = firstName(actor);
  const known = kept.get(name);
  if (known !== undefined && isSame(known.actor, actor)) return known.texts;
  const own = ownActor(actor);
  if (own === undefined) return textsOf(actor);
  const texts = textsOf(own);
  if (known === undefined && kept.size >= MAX_KEPT) kept.clear();
  kept.set(firstName(own), { actor: own, texts });
  return texts;
};
