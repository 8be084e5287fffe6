import { isArn, scopeOfArn, type Scope } from '../model/identity.ts';
import { ownString, type JsonObject, type JsonValue } from '../model/json.ts';

/**
 * The account and region that a resource's own attributes and state identity tell. Account: AWS account, Azure
 * subscription, Google project. Absent where they do not tell; a global resource has no region.
 */
export const ownScope = (
  { provider, type }: { readonly provider: string; readonly type: string },
  attributes: JsonObject,
  identity?: JsonValue,
): Scope => {
  switch (provider) {
    case 'aws':
      return awsScope(type, attributes, identity);
    case 'azure':
      return azureScope(attributes);
    case 'gcp':
      return googleScope(attributes, identity);
    default:
      return {};
  }
};

/** Elsewhere `account_id` is whom something is shared with, or a member: no owner. */
const OWNED_BY_ACCOUNT_ID = /^aws_s3/;

const awsScope = (type: string, attributes: JsonObject, identity: JsonValue | undefined): Scope => {
  const arn = [attributes, identity ?? null]
    .flatMap((from) => [ownString(from, 'arn'), ownString(from, 'id')])
    .find((value) => value !== undefined && isArn(value));
  const fromArn = arn === undefined ? {} : scopeOfArn(arn);
  const accounts = [
    fromArn.account,
    ownString(identity, 'account_id'),
    ownString(attributes, 'owner_id'),
    OWNED_BY_ACCOUNT_ID.test(type) ? ownString(attributes, 'account_id') : undefined,
  ];
  const account = accounts.find((value) => value !== undefined && /^\d{12}$/.test(value));
  const region = ownString(attributes, 'region') ?? ownString(identity, 'region') ?? fromArn.region;
  return scope(account, region);
};

const azureScope = (attributes: JsonObject): Scope => {
  const id = ownString(attributes, 'id') ?? '';
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(id)?.[1];
  return scope(
    subscription?.toLowerCase(),
    ownString(attributes, 'location')?.replaceAll(' ', '').toLowerCase(),
  );
};

const googleScope = (attributes: JsonObject, identity: JsonValue | undefined): Scope => {
  const link = ownString(attributes, 'self_link') ?? ownString(attributes, 'id') ?? '';
  const project =
    ownString(attributes, 'project') ??
    ownString(identity, 'project') ??
    /(?:^|\/)projects\/([^/]+)\//.exec(link)?.[1];
  const zone = ownString(attributes, 'zone')?.split('/').at(-1);
  const region = ownString(attributes, 'region')?.split('/').at(-1) ?? zone?.replace(/-[a-z]$/, '');
  return scope(project, region);
};

const scope = (account: string | undefined, region: string | undefined): Scope => ({
  ...(account === undefined ? {} : { account }),
  ...(region === undefined ? {} : { region }),
});
