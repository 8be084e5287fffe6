import type { EventActor } from '../model/audit-event.ts';
import { ownString, ownValue, type JsonValue } from '../model/json.ts';

const SERVICE_ACCOUNT = /gserviceaccount\.com$/i;
/** The pool that a federated identity comes from, in `principal://iam.googleapis.com/<pool>/subject/<subject>`. */
const FEDERATED = /^principal(?:Set)?:\/\/[^/]+\/(.+?)\/(?:subject|attribute\.[^/]+|group)\/(.+)$/s;
const LONGEST_SUBJECT = 4_096;

const federatedIdentity = (subject: string | undefined): RegExpExecArray | null =>
  subject === undefined || subject.length > LONGEST_SUBJECT ? null : FEDERATED.exec(subject);

const typeOf = (email: string | undefined, subject: string | undefined): string | undefined => {
  if (federatedIdentity(subject) !== null) return 'FederatedUser';
  const kind = subject === undefined ? undefined : /^([a-zA-Z]+):/.exec(subject)?.[1];
  if (kind === 'serviceAccount' || SERVICE_ACCOUNT.test(email ?? '')) return 'ServiceAccount';
  return kind === 'user' || email !== undefined ? 'User' : undefined;
};

/** Who acted through the service account: the first of a chain of delegation, a person where one started it. */
const delegator = (authentication: JsonValue | undefined): string | undefined => {
  const chain = ownValue(authentication, 'serviceAccountDelegationInfo');
  if (!Array.isArray(chain)) return undefined;
  for (const link of chain as readonly JsonValue[]) {
    const found =
      ownString(ownValue(link, 'firstPartyPrincipal'), 'principalEmail') ??
      ownString(ownValue(ownValue(link, 'thirdPartyPrincipal'), 'thirdPartyClaims'), 'sub') ??
      ownString(link, 'principalSubject');
    if (found !== undefined) return found.replace(/^(?:user|serviceAccount):/, '');
  }
  return undefined;
};

/**
 * The actor of an audit log's `authenticationInfo`, of any shape. A service account is named by its e-mail; who
 * impersonates it is the source identity. The reason that a caller gave for the request (`X-Goog-Request-Reason`, which
 * pipelines set to their run) is its session.
 */
export const gcpActor = (payload: JsonValue | undefined): EventActor => {
  const authentication = ownValue(payload, 'authenticationInfo');
  const attributes = ownValue(ownValue(payload, 'requestMetadata'), 'requestAttributes');
  const email = ownString(authentication, 'principalEmail');
  const subject = ownString(authentication, 'principalSubject');
  const [, pool, federated] = federatedIdentity(subject) ?? [];
  return {
    userType: typeOf(email, subject),
    userUid: email ?? subject,
    userName: email ?? federated ?? subject,
    credentialUid: ownString(authentication, 'serviceAccountKeyName'),
    sessionUid: ownString(attributes, 'reason'),
    sourceIdentity: delegator(authentication) ?? ownString(authentication, 'authoritySelector'),
    federatedProvider: pool,
  };
};
