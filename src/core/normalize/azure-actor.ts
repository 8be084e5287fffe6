import type { EventActor } from '../model/audit-event.ts';
import { ownString, ownValue, type JsonValue } from '../model/json.ts';
import { azureObject, azureText } from './azure-fields.ts';

const SOAP = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const MICROSOFT = 'http://schemas.microsoft.com/identity/claims/';

const claim = (claims: JsonValue | undefined, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const found = ownString(claims, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const typeOf = (
  claims: JsonValue | undefined,
  evidence: JsonValue | undefined,
  hasPerson: boolean,
): string | undefined => {
  const stated = ownString(evidence, 'principalType');
  if (stated !== undefined) return stated;
  switch (ownString(claims, 'idtyp')?.toLowerCase()) {
    case 'app':
      return 'ServicePrincipal';
    case 'user':
      return 'User';
    default:
      // A token for an application has no name of a person, and is asked for with a secret or a certificate.
      if (hasPerson) return 'User';
      return /^[12]$/.test(ownString(claims, 'appidacr') ?? '') ? 'ServicePrincipal' : undefined;
  }
};

/**
 * The actor of an Activity Log record, of any layout: from the claims of its token, from `authorization.evidence`, from
 * `caller`. A service principal goes by its object id and, as session issuer, by its application id, so that either can
 * be trusted; a person by the user principal name, else `caller`. Display names, which their owner chooses, are shown
 * and never tell who acted. A service of Microsoft is the `caller` of a record that tells no type of principal:
 * `invokedBy`. `appUid` is the application that was used: portal, CLI, the service principal itself.
 */
export const azureActor = (record: JsonValue): EventActor => {
  const identity = azureObject(record, 'identity');
  const claims = azureObject(identity, 'claims') ?? azureObject(record, 'claims');
  const authorization =
    azureObject(identity, 'authorization') ?? azureObject(record, 'authorization');
  const evidence = ownValue(authorization, 'evidence');
  const caller = azureText(record, 'caller');
  const shown = claim(claims, 'name');
  const callerName = caller === undefined || UUID.test(caller) ? undefined : caller;
  const person =
    claim(claims, `${SOAP}upn`, 'upn') ??
    callerName ??
    claim(claims, `${SOAP}emailaddress`, `${SOAP}name`, 'unique_name');
  const objectId =
    claim(claims, `${MICROSOFT}objectidentifier`, 'oid') ?? ownString(evidence, 'principalId');
  const appUid = claim(claims, 'appid', 'azp')?.toLowerCase();
  const hasPerson =
    person === undefined ? shown !== undefined : person !== callerName || person.includes('@');
  const userType = typeOf(claims, evidence, hasPerson);
  const isApp = userType === 'ServicePrincipal';
  return {
    userType,
    userUid: isApp ? (objectId ?? caller) : (person ?? objectId ?? caller),
    userName: isApp
      ? (claim(claims, 'app_displayname') ?? shown ?? appUid ?? objectId)
      : (person ?? shown),
    accountUid: claim(claims, `${MICROSOFT}tenantid`, 'tid') ?? azureText(record, 'tenantId'),
    credentialUid: ownString(evidence, 'roleAssignmentId'),
    sessionUid: claim(claims, 'uti'),
    sessionIssuer: isApp ? appUid : undefined,
    invokedBy: userType === undefined ? callerName : undefined,
    appUid,
  };
};
