import type { EventActor } from '../model/audit-event.ts';
import { objectOf, textOf, type JsonObject, type JsonValue } from '../model/json.ts';
import { looseBoolean } from './embedded-json.ts';
import { sessionUidOf } from './session-uid.ts';

const afterLast = (text: string | undefined, mark: string): string | undefined =>
  text?.includes(mark) ? text.slice(text.lastIndexOf(mark) + 1) : undefined;

const arnOf = (uid: string | undefined): string | undefined =>
  uid?.startsWith('arn:') ? uid : undefined;

const besides = (arn: string | undefined, uid: string | undefined): string | undefined =>
  uid === arn ? undefined : uid;

/**
 * The actor of an OCSF document, of any shape. AWS producers put the ARN into `user.uid` and the principal id into
 * `user.uid_alt`, or the other way round: an ARN is recognised as such.
 */
export const ocsfActor = (
  value: JsonValue | undefined,
  unmapped: JsonObject | undefined,
): EventActor => {
  const actor = objectOf(value);
  const user = objectOf(actor?.['user']);
  const session = objectOf(actor?.['session']);
  const idp = objectOf(actor?.['idp']);
  const uid = textOf(user?.['uid']);
  const otherUid = textOf(user?.['uid_alt']);
  const emailAddress = textOf(user?.['email_addr']);
  const arn = arnOf(uid) ?? arnOf(otherUid);
  const credentialUid = textOf(user?.['credential_uid']) ?? textOf(session?.['credential_uid']);
  const principalId = besides(arn, uid) ?? besides(arn, otherUid);
  const isSession = arn?.includes(':assumed-role/') === true;
  return {
    userType: textOf(user?.['type']),
    userUid: arn ?? uid ?? otherUid ?? emailAddress,
    userName:
      (isSession ? afterLast(arn, '/') : undefined) ??
      textOf(user?.['name']) ??
      emailAddress ??
      afterLast(arn, '/'),
    accountUid: textOf(objectOf(user?.['account'])?.['uid']),
    credentialUid,
    sessionUid: textOf(session?.['uid']) ?? sessionUidOf(principalId, credentialUid),
    sessionIssuer: textOf(session?.['issuer']),
    sessionMfa: looseBoolean(session?.['is_mfa']),
    invokedBy: textOf(actor?.['invoked_by']),
    appUid: textOf(actor?.['app_uid']),
    sourceIdentity: textOf(unmapped?.['sourceIdentity']),
    federatedProvider: textOf(idp?.['name']) ?? textOf(idp?.['uid']),
  };
};
