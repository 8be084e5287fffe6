import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../../src/core/detect/identify.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { isJsonObject, ownString } from '../../../../src/core/model/json.ts';
import type { JsonValue } from '../../../../src/core/model/json.ts';
import { awsTables, call, indexOf, owned } from './owned-resources.ts';

const FOLDER = '../shared/data/events';
const EVENTS = `${FOLDER}/stratus-red-team.cloudtrail.ndjson`;
const IDS = `${FOLDER}/stratus-red-team.mutating-ids.tsv`;
const present = existsSync(EVENTS) && existsSync(IDS);
if (!present) console.warn(`skipped: ${FOLDER} is absent (real detonation records)`);

type Make = (ids: readonly string[]) => DesiredResource;

/** One resource whose id, or ARN, is the first named id that matches, or the group that it captures. */
const byId =
  (type: string, pattern: RegExp): Make =>
  (ids) => {
    const match = ids.map((id) => pattern.exec(id)).find((found) => found !== null);
    if (match === undefined) throw new Error(`No id of ${type} in ${ids.join(', ')}`);
    const id = match[1] ?? match[0];
    const name = id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf(':')) + 1);
    return owned(type, { id, name, ...(id.startsWith('arn:') ? { arn: id } : {}) });
  };

const NAME = /^[^:]+$/;
const user = byId('aws_iam_user', NAME);
const role = byId('aws_iam_role', NAME);
const instance = byId('aws_instance', /^i-.+/);
const lambda = byId('aws_lambda_function', /^(?:.*:function:)?([^:]+)$/);

/** What code is given to own, by operation. */
const OWNED: Readonly<Record<string, readonly Make[]>> = {
  'cloudtrail:DeleteTrail': [byId('aws_cloudtrail', NAME)],
  'cloudtrail:PutEventSelectors': [byId('aws_cloudtrail', NAME), byId('aws_cloudtrail', /^arn:.+/)],
  'cloudtrail:StopLogging': [byId('aws_cloudtrail', NAME)],
  'route53resolver:DeleteResolverQueryLogConfig': [
    byId('aws_route53_resolver_query_log_config', /config\/(.+)$/),
  ],
  'ec2:DeleteFlowLogs': [byId('aws_flow_log', /^fl-.+/)],
  'ec2:StartInstances': [instance, byId('aws_ec2_instance_state', /^i-.+/)],
  'ec2:StopInstances': [instance],
  'ec2:ModifyInstanceAttribute': [instance],
  'ec2:AuthorizeSecurityGroupIngress': [
    byId('aws_security_group', /^sg-.+/),
    byId('aws_default_security_group', /^sg-.+/),
  ],
  'ec2:ModifyImageAttribute': [byId('aws_ami', /^ami-.+/), byId('aws_ami_copy', /^ami-.+/)],
  'ec2:ModifySnapshotAttribute': [byId('aws_ebs_snapshot', /^snap-.+/)],
  'rds:ModifyDBSnapshotAttribute': [byId('aws_db_snapshot', NAME)],
  'ec2-instance-connect:SendSSHPublicKey': [instance],
  'ec2-instance-connect:SendSerialConsoleSSHPublicKey': [instance],
  'iam:UpdateAssumeRolePolicy': [role],
  'iam:CreateAccessKey': [user],
  'iam:AttachUserPolicy': [
    user,
    (ids) =>
      owned('aws_iam_user_policy_attachment', {
        id: 'x',
        user: ids[1] ?? '',
        policy_arn: ids[0] ?? '',
      }),
    (ids) =>
      owned('aws_iam_policy_attachment', {
        id: 'x',
        users: [ids[1] ?? ''],
        policy_arn: ids[0] ?? '',
      }),
  ],
  'iam:CreateUser': [user],
  'iam:AttachRolePolicy': [
    role,
    (ids) =>
      owned('aws_iam_role_policy_attachment', {
        id: 'x',
        role: ids[1] ?? '',
        policy_arn: ids[0] ?? '',
      }),
  ],
  'iam:CreateRole': [byId('aws_iam_role', /role\/(.+)$/)],
  'iam:CreateLoginProfile': [user, byId('aws_iam_user_login_profile', NAME)],
  'iam:UpdateLoginProfile': [
    user,
    (ids) => owned('aws_iam_user_login_profile', { id: 'x', user: ids[0] ?? '' }),
  ],
  'lambda:AddPermission': [lambda],
  'lambda:UpdateFunctionConfiguration': [
    lambda,
    byId('aws_lambda_function', /^arn.*:function:[^:]+$/),
  ],
  'lambda:UpdateFunctionCode': [lambda],
  'rolesanywhere:CreateTrustAnchor': [
    byId('aws_rolesanywhere_trust_anchor', /^arn:.*trust-anchor.*/),
    byId('aws_rolesanywhere_trust_anchor', /trust-anchor\/(.+)$/),
  ],
  'rolesanywhere:CreateProfile': [byId('aws_rolesanywhere_profile', /:profile\/(.+)$/)],
};

/** Successful, mutating, and yet naming nothing that code could own: a federated session. */
const NO_RESOURCE = ['sts:GetFederationToken'];

interface Named {
  readonly line: number;
  readonly key: string;
  readonly ids: readonly string[];
}

const namedEvents = (): readonly Named[] =>
  readFileSync(IDS, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .flatMap((row) => {
      const [line = '', service = '', name = '', error = '', ids = ''] = row.split('\t');
      if (error !== '' || ids === '') return [];
      const operation = name.replace(/\d{8}(v\d+)?$/, '');
      const key = `${service.replace('.amazonaws.com', '')}:${operation}`;
      return [{ line: Number(line), key, ids: ids.split(';') }];
    });

const member = (record: JsonValue, name: string): JsonValue | undefined =>
  isJsonObject(record) ? record[name] : undefined;

const orUndefined = (value: JsonValue | undefined) => (isJsonObject(value) ? value : undefined);

describe.skipIf(!present)('identify, on real detonations', () => {
  const lines = present ? readFileSync(EVENTS, 'utf8').split('\n') : [];

  it('finds the address of every resource that a successful mutating event names', () => {
    const tried = { events: 0, resources: 0 };
    for (const { line, key, ids } of namedEvents()) {
      if (NO_RESOURCE.includes(key)) continue;
      const record = JSON.parse(lines[line - 1] ?? '') as JsonValue;
      const event = call(
        key,
        orUndefined(member(record, 'requestParameters')),
        orUndefined(member(record, 'responseElements')),
        {
          account: ownString(record, 'recipientAccountId') ?? '',
          region: ownString(record, 'awsRegion') ?? '',
        },
      );
      const makers = OWNED[key];
      expect(makers, `${line} ${key} has no desired resource in this test`).toBeDefined();
      tried.events += 1;
      for (const make of makers ?? []) {
        const mine = make(ids);
        const other = owned(mine.type, { id: 'not-named' }, { address: `${mine.type}.other` });
        const { mapped, resources } = identify(event, awsTables, indexOf(other, mine));
        expect(mapped, key).toBe(true);
        expect(
          resources.map(({ owners }) => owners.map(({ address }) => address)),
          `${line} ${key} ${mine.type}`,
        ).toEqual([[mine.address]]);
        tried.resources += 1;
      }
    }
    expect(tried.events).toBeGreaterThanOrEqual(31);
    expect(tried.resources).toBeGreaterThan(tried.events);
  });
});
