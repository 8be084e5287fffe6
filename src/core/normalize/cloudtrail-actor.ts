import type { EventActor } from '../model/audit-event.ts';
import { objectOf, textOf, type JsonObject, type JsonValue } from '../model/json.ts';
import { looseBoolean } from './embedded-json.ts';
import { sessionUidOf } from './session-uid.ts';

const afterLast = (text: string, mark: string): string => text.slice(text.lastIndexOf(mark) + 1);

const nameOf = (
  type: string | undefined,
  identity: JsonObject | undefined,
  arn: string | undefined,
): string | undefined => {
  const userName = textOf(identity?.['userName']);
  const principalId = textOf(identity?.['principalId']);
  switch (type) {
    case 'Root':
      return 'root';
    case 'AssumedRole':
    case 'FederatedUser':
      if (arn?.includes('/')) return afterLast(arn, '/');
      return principalId?.includes(':') ? afterLast(principalId, ':') : userName;
    case 'AWSService':
      return textOf(identity?.['invokedBy']) ?? userName;
    case 'IdentityCenterUser':
      return userName ?? textOf(objectOf(identity?.['onBehalfOf'])?.['userId']);
    default:
      return userName ?? (arn?.includes('/') ? afterLast(arn, '/') : principalId);
  }
};

/** The actor of a CloudTrail record's `userIdentity`, whatever shape that has. */
export const cloudTrailActor = (value: JsonValue | undefined): EventActor => {
  const identity = objectOf(value);
  const type = textOf(identity?.['type']);
  const arn = textOf(identity?.['arn']);
  const principalId = textOf(identity?.['principalId']);
  const credentialUid = textOf(identity?.['accessKeyId']);
  const context = objectOf(identity?.['sessionContext']);
  const federation = objectOf(
    context?.['webIdFederationData'] ?? identity?.['webIdFederationData'],
  );
  return {
    userType: type,
    userUid: arn ?? principalId,
    userName: nameOf(type, identity, arn),
    accountUid: textOf(identity?.['accountId']),
    credentialUid,
    sessionUid: sessionUidOf(principalId, credentialUid),
    sessionIssuer: textOf(objectOf(context?.['sessionIssuer'])?.['arn']),
    sessionMfa: looseBoolean(objectOf(context?.['attributes'])?.['mfaAuthenticated']),
    invokedBy: textOf(identity?.['invokedBy']),
    sourceIdentity: textOf(context?.['sourceIdentity']),
    federatedProvider:
      textOf(federation?.['federatedProvider']) ??
      (type === 'WebIdentityUser' ? textOf(identity?.['identityProvider']) : undefined),
  };
};
