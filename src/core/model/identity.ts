/**
 * An identity denotes a resource at its provider. It is a string, so that it can be a key on any store:
 * - `<type>:<value>`, such as `aws_security_group:sg-0a1b` or `aws_iam_role_policy:role/policy`;
 * - `arn:…` as the provider writes it.
 * Values that are unique only within an account or region are told apart by the scope of the resource found
 * (see `inScope`), since a state often does not tell its account.
 */
export const typedIdentity = (type: string, value: string): string => `${type}:${value}`;

export interface Scope {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** The account and region of an ARN, where it has them. */
export const scopeOfArn = (arn: string): Scope => {
  const [, , , region, account] = arn.split(':', 6);
  return { ...(account ? { account } : {}), ...(region ? { region } : {}) };
};

export const isArn = (value: string): boolean =>
  value.startsWith('arn:') && /^arn:[a-z0-9-]+:[a-z0-9-]+:[^:\s]*:[^:\s]*:\S+$/.test(value);

/** False where both sides tell an account (or a region) and these differ. */
export const inScope = (resource: Scope, event: Scope): boolean =>
  (resource.account === undefined ||
    event.account === undefined ||
    resource.account === event.account) &&
  (resource.region === undefined || event.region === undefined || resource.region === event.region);
