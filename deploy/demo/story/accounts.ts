import type { JsonObject } from '../../../src/core/model/json.ts';

/** The accounts of Larkfield Books, a shop that does not exist, and how CloudTrail names who acts in them. */

export const PROD = '111122223333';
export const STAGING = '444455556666';
/** Code owns nothing here. */
export const SANDBOX = '777788889999';

/** Principals that may apply code. */
export const TRUSTED_PRINCIPALS: readonly string[] = [
  'arn:aws:iam::*:role/terraform-apply',
  'arn:aws:iam::*:role/cloudformation-exec',
];

export interface Session {
  readonly account: string;
  readonly role: string;
  readonly roleId: string;
  readonly session: string;
  readonly key: string;
  /** Default `/`. */
  readonly path?: string;
  readonly invokedBy?: string;
  /** An ISO time; sessions that last all day have no time of their own. */
  readonly created?: string;
}

/** The `userIdentity` of a role's session. */
export const session = (of: Session): JsonObject => ({
  type: 'AssumedRole',
  principalId: `${of.roleId}:${of.session}`,
  arn: `arn:aws:sts::${of.account}:assumed-role/${of.role}/${of.session}`,
  accountId: of.account,
  accessKeyId: of.key,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: of.roleId,
      arn: `arn:aws:iam::${of.account}:role${of.path ?? '/'}${of.role}`,
      accountId: of.account,
      userName: of.role,
    },
    attributes: {
      ...(of.created === undefined ? {} : { creationDate: of.created }),
      mfaAuthenticated: 'false',
    },
  },
  ...(of.invokedBy === undefined ? {} : { invokedBy: of.invokedBy }),
});

/** The `userIdentity` of an IAM user with an access key, in production. */
export const user = (name: string, id: string, key: string): JsonObject => ({
  type: 'IAMUser',
  principalId: id,
  arn: `arn:aws:iam::${PROD}:user/${name}`,
  accountId: PROD,
  accessKeyId: key,
  userName: name,
});
