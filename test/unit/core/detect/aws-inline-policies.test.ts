import { describe, expect, it } from 'vitest';
import { cloudFormationAttributes } from '../../../../src/core/desired/cloudformation-attributes.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { owned } from './owned-resources.ts';
import { told, type Told } from './told-changes.ts';

const policy = (Action: string): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

const role = (attributes: Readonly<Record<string, JsonValue>>): ReturnType<typeof owned> =>
  owned('aws_iam_role', { id: 'app', name: 'app', ...attributes });

const block = { name: 'read', policy: JSON.stringify(policy('s3:GetObject'), undefined, 2) };
const template = cloudFormationAttributes(
  { Policies: [{ PolicyName: 'read', PolicyDocument: policy('s3:GetObject') }] },
  'app',
  { type: 'aws_iam_role', properties: { Policies: 'inline_policy' } },
);

const put = (owner: ReturnType<typeof role>, policyName: string, action: string): Told =>
  told(owner, 'iam:PutRolePolicy', {
    roleName: 'app',
    policyName,
    policyDocument: JSON.stringify(policy(action)),
  });
const deleted = (owner: ReturnType<typeof role>, policyName: string): Told =>
  told(owner, 'iam:DeleteRolePolicy', { roleName: 'app', policyName });

describe.each([
  ['Terraform', role({ inline_policy: [block] })],
  ['Pulumi', role({ inline_policies: [block] })],
  ['CloudFormation', role(template)],
])('policies within a role of %s', (_, owner) => {
  it('are restored by the document of code', () => {
    expect(put(owner, 'read', 's3:GetObject').kind).toBe('restored');
  });

  it('are told of by their name where the document is another', () => {
    expect(put(owner, 'read', '*').changed).toEqual({ inline_policy: 'differs' });
  });

  it('are told of where code has none of the name', () => {
    expect(put(owner, 'backdoor', 's3:GetObject').changed).toEqual({
      inline_policy: 'not_in_desired',
    });
  });

  it('are told of where one of code is taken away, and restored where another is', () => {
    expect(deleted(owner, 'read').changed).toEqual({ inline_policy: 'differs' });
    expect(deleted(owner, 'backdoor').kind).toBe('restored');
  });
});

describe('policies of a role of which code says nothing', () => {
  it('may be anywhere else, so that nobody can tell of one that is taken away', () => {
    expect(deleted(role({}), 'read').changed).toEqual({ inline_policy: 'unknown' });
  });
});
