import type { EventActor } from '../model/audit-event.ts';
import { ownString, ownValue, type JsonValue } from '../model/json.ts';
import { looseBoolean } from './embedded-json.ts';

const afterLast = (text: string | undefined, mark: string): string | undefined =>
  text?.includes(mark) ? text.slice(text.lastIndexOf(mark) + 1) : undefined;

/**
 * The actor of an OCSF document, of any shape. AWS producers put the ARN into `user.uid` and the principal id into
 * `user.uid_alt`, or the other way round: an ARN is recognised as such.
 */
export const ocsfActor = (
  actor: JsonValue | undefined,
  unmapped: JsonValue | undefined,
): EventActor => {
  const user = ownValue(actor, 'user');
  const session = ownValue(actor, 'session');
  const uids = [ownString(user, 'uid'), ownString(user, 'uid_alt')];
  const arn = uids.find((uid) => uid?.startsWith('arn:'));
  const userUid = arn ?? uids[0] ?? uids[1] ?? ownString(user, 'email_addr');
  const credentialUid = ownString(user, 'credential_uid') ?? ownString(session, 'credential_uid');
  const principalId = uids.find((uid) => uid !== undefined && uid !== arn);
  const sessionUid =
    ownString(session, 'uid') ??
    ([principalId, credentialUid].filter((part) => part !== undefined).join('/') || undefined);
  const isSession = arn?.includes(':assumed-role/') === true;
  const idp = ownValue(actor, 'idp');
  return {
    userType: ownString(user, 'type'),
    userUid,
    userName:
      (isSession ? afterLast(arn, '/') : undefined) ??
      ownString(user, 'name') ??
      ownString(user, 'email_addr') ??
      afterLast(arn, '/'),
    accountUid: ownString(ownValue(user, 'account'), 'uid'),
    credentialUid,
    sessionUid,
    sessionIssuer: ownString(session, 'issuer'),
    sessionMfa: looseBoolean(ownValue(session, 'is_mfa')),
    invokedBy: ownString(actor, 'invoked_by'),
    appUid: ownString(actor, 'app_uid'),
    sourceIdentity: ownString(unmapped, 'sourceIdentity'),
    federatedProvider: ownString(idp, 'name') ?? ownString(idp, 'uid'),
  };
};
