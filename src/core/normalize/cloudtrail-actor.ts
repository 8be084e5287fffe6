import type { EventActor } from '../model/audit-event.ts';
import { ownString, ownValue, type JsonValue } from '../model/json.ts';
import { looseBoolean } from './embedded-json.ts';

const afterLast = (text: string, mark: string): string => text.slice(text.lastIndexOf(mark) + 1);

const nameOf = (
  type: string | undefined,
  identity: JsonValue | undefined,
  arn: string | undefined,
): string | undefined => {
  const userName = ownString(identity, 'userName');
  const principalId = ownString(identity, 'principalId');
  switch (type) {
    case 'Root':
      return 'root';
    case 'AssumedRole':
    case 'FederatedUser':
      if (arn?.includes('/')) return afterLast(arn, '/');
      return principalId?.includes(':') ? afterLast(principalId, ':') : userName;
    case 'AWSService':
      return ownString(identity, 'invokedBy') ?? userName;
    case 'IdentityCenterUser':
      return userName ?? ownString(ownValue(identity, 'onBehalfOf'), 'userId');
    default:
      return userName ?? (arn?.includes('/') ? afterLast(arn, '/') : principalId);
  }
};

const sessionUid = (
  principalId: string | undefined,
  accessKeyId: string | undefined,
): string | undefined =>
  principalId !== undefined && accessKeyId !== undefined
    ? `${principalId}/${accessKeyId}`
    : (principalId ?? accessKeyId);

/** The actor of a CloudTrail record's `userIdentity`, whatever shape that has. */
export const cloudTrailActor = (identity: JsonValue | undefined): EventActor => {
  const type = ownString(identity, 'type');
  const arn = ownString(identity, 'arn');
  const principalId = ownString(identity, 'principalId');
  const credentialUid = ownString(identity, 'accessKeyId');
  const context = ownValue(identity, 'sessionContext');
  const federation =
    ownValue(context, 'webIdFederationData') ?? ownValue(identity, 'webIdFederationData');
  return {
    userType: type,
    userUid: arn ?? principalId,
    userName: nameOf(type, identity, arn),
    accountUid: ownString(identity, 'accountId'),
    credentialUid,
    sessionUid: sessionUid(principalId, credentialUid),
    sessionIssuer: ownString(ownValue(context, 'sessionIssuer'), 'arn'),
    sessionMfa: looseBoolean(ownValue(ownValue(context, 'attributes'), 'mfaAuthenticated')),
    invokedBy: ownString(identity, 'invokedBy'),
    sourceIdentity: ownString(context, 'sourceIdentity'),
    federatedProvider:
      ownString(federation, 'federatedProvider') ??
      (type === 'WebIdentityUser' ? ownString(identity, 'identityProvider') : undefined),
  };
};
