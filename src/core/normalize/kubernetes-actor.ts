import type { EventActor } from '../model/audit-event.ts';
import { ownString, ownValue, type JsonValue } from '../model/json.ts';

const afterLast = (text: string, mark: string): string => text.slice(text.lastIndexOf(mark) + 1);

/** What the API server's own user names say of who it is. */
export const userTypeOf = (username: string | undefined): string | undefined => {
  if (username === undefined) return undefined;
  if (username.startsWith('system:serviceaccount:')) return 'ServiceAccount';
  if (username.startsWith('system:node:')) return 'Node';
  if (username === 'system:anonymous') return 'Anonymous';
  return username.startsWith('system:') ? 'System' : 'User';
};

/** A member of `user.extra`, which is a list of texts under a name in any case. */
const extraOf = (extra: JsonValue | undefined, name: string): string | undefined => {
  const found = ownValue(extra, name) ?? ownValue(extra, name.toLowerCase());
  const [first] = Array.isArray(found) ? (found as readonly JsonValue[]) : [found];
  return typeof first === 'string' && first !== '' ? first : undefined;
};

/**
 * The actor of an audit event: who the API server authenticated. Someone who acts as another one (`impersonatedUser`)
 * is the principal, since that is whose rights were used, and goes by the name of the other. EKS states the IAM role
 * and session in `extra`, AKS the directory's object id and user principal name.
 * Source: `audit.k8s.io/v1`, EKS user guide ("Grant IAM access"), AKS managed Entra integration.
 */
export const kubernetesActor = (
  user: JsonValue | undefined,
  impersonated: JsonValue | undefined,
): EventActor => {
  const username = ownString(user, 'username');
  const as = ownString(impersonated, 'username');
  const extra = ownValue(user, 'extra');
  const arn = extraOf(extra, 'arn');
  const session =
    extraOf(extra, 'sessionName') ?? (arn?.includes('/') ? afterLast(arn, '/') : undefined);
  const credentialUid =
    extraOf(extra, 'accessKeyId') ?? extraOf(extra, 'authentication.kubernetes.io/credential-id');
  const principalId = extraOf(extra, 'principalId');
  const sessionUid =
    credentialUid === undefined ? principalId : `${principalId ?? username ?? ''}/${credentialUid}`;
  return {
    userType: as === undefined ? userTypeOf(username) : 'Impersonator',
    userUid: username,
    userName: as ?? extraOf(extra, 'upn') ?? session ?? username,
    accountUid: arn?.split(':')[4],
    credentialUid,
    sessionUid,
    sessionIssuer: extraOf(extra, 'canonicalArn'),
  };
};
