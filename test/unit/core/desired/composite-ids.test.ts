import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../../src/core/detect/identify.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { awsTables, call, indexOf } from '../detect/owned-resources.ts';
import { readAll, readOne } from './reading.ts';
import { managed, stateText } from './state-fixture.ts';

/** What a state says, read as any state is. */
const desired = (type: string, attributes: JsonObject): DesiredResource => {
  const [resource] = readOne({
    f: stateText([managed({ type, name: 'x', instances: [{ attributes }] })]),
  }).resources;
  if (resource === undefined) throw new Error(type);
  return resource;
};

const rule = {
  ipProtocol: 'tcp',
  fromPort: 22,
  toPort: 22,
  ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] },
};
const ruleAttributes = {
  security_group_id: 'sg-0123456789abcdef0',
  type: 'ingress',
  protocol: 'tcp',
  from_port: 22,
  to_port: 22,
  self: false,
  cidr_blocks: ['10.0.0.0/8'],
};
const policyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
const table = 'rtb-0123456789abcdef0';

type Row = readonly [
  operation: string,
  request: JsonObject,
  part: readonly [type: string, attributes: JsonObject],
  parent: readonly [type: string, attributes: JsonObject] | undefined,
];

const ROWS: readonly Row[] = [
  ...['Put', 'Delete'].flatMap((verb) =>
    (['Role', 'User', 'Group'] as const).map((owner): Row => {
      const small = owner.toLowerCase();
      return [
        `iam:${verb}${owner}Policy`,
        { [`${small}Name`]: 'app', policyName: 'p', policyDocument: '{}' },
        [`aws_iam_${small}_policy`, { id: 'app:p', name: 'p', [small]: 'app', policy: '{}' }],
        [`aws_iam_${small}`, { id: 'app', name: 'app' }],
      ];
    }),
  ),
  ...['Attach', 'Detach'].flatMap((verb) =>
    (['Role', 'User', 'Group'] as const).map((owner): Row => {
      const small = owner.toLowerCase();
      return [
        `iam:${verb}${owner}Policy`,
        { [`${small}Name`]: 'app', policyArn },
        [
          `aws_iam_${small}_policy_attachment`,
          { id: 'app-20260101', [small]: 'app', policy_arn: policyArn },
        ],
        [`aws_iam_${small}`, { id: 'app', name: 'app' }],
      ];
    }),
  ),
  ...['Authorize', 'Revoke'].flatMap((verb): readonly Row[] => [
    [
      `ec2:${verb}SecurityGroupIngress`,
      { groupId: 'sg-0123456789abcdef0', ipPermissions: { items: [rule] } },
      ['aws_security_group_rule', { id: 'sgrule-1', ...ruleAttributes }],
      ['aws_security_group', { id: 'sg-0123456789abcdef0' }],
    ],
    [
      `ec2:${verb}SecurityGroupIngress`,
      { groupId: 'sg-0123456789abcdef0', ipPermissions: { items: [rule] } },
      [
        'aws_vpc_security_group_ingress_rule',
        {
          id: 'sgr-0123456789abcdef0',
          security_group_id: 'sg-0123456789abcdef0',
          ip_protocol: 'tcp',
          from_port: 22,
          to_port: 22,
          cidr_ipv4: '10.0.0.0/8',
        },
      ],
      ['aws_security_group', { id: 'sg-0123456789abcdef0' }],
    ],
  ]),
  ...['CreateRoute', 'ReplaceRoute', 'DeleteRoute'].map((operation): Row => [
    `ec2:${operation}`,
    { routeTableId: table, destinationCidrBlock: '0.0.0.0/0' },
    ['aws_route', { id: 'r-rtb1', route_table_id: table, destination_cidr_block: '0.0.0.0/0' }],
    ['aws_route_table', { id: table }],
  ]),
  ...['DisassociateRouteTable', 'ReplaceRouteTableAssociation'].map((operation): Row => [
    `ec2:${operation}`,
    { associationId: 'rtbassoc-0123456789abcdef0', routeTableId: table },
    [
      'aws_route_table_association',
      { id: 'rtbassoc-0123456789abcdef0', route_table_id: table, subnet_id: 'subnet-1' },
    ],
    // The call names no table, or the one that is newly associated.
    undefined,
  ]),
];

const ownersOf = (operation: string, request: JsonObject, ...held: readonly DesiredResource[]) =>
  identify(call(operation, request), awsTables, indexOf(...held)).resources.flatMap(({ owners }) =>
    owners.map(({ type }) => type),
  );

describe('a composite id that a call tells', () => {
  it.each(ROWS)('%s %j finds the part where code owns it', (operation, request, part, parent) => {
    const owned = desired(...part);
    const held = parent === undefined ? [owned] : [desired(...parent), owned];
    expect(ownersOf(operation, request, ...held)).toEqual([part[0]]);
  });

  it.each(ROWS.filter(([, , , parent]) => parent !== undefined))(
    '%s %j finds the whole where code owns that alone',
    (operation, request, _part, parent) => {
      if (parent === undefined) throw new Error('no parent');
      expect(ownersOf(operation, request, desired(...parent))).toEqual([parent[0]]);
    },
  );
});

const folder = resolve(import.meta.dirname, '../../../../../shared/data/iac/driftctl-states');

const text = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** As each type's calls name it. */
const COMPOSITES: Readonly<Record<string, (attributes: JsonObject) => string>> = {
  aws_iam_role_policy: ({ role, name }) => `${text(role)}:${text(name)}`,
  aws_iam_user_policy: ({ user, name }) => `${text(user)}:${text(name)}`,
  aws_iam_role_policy_attachment: (each) => `${text(each['role'])}/${text(each['policy_arn'])}`,
  aws_iam_user_policy_attachment: (each) => `${text(each['user'])}/${text(each['policy_arn'])}`,
  aws_route: (each) =>
    `${text(each['route_table_id'])}_${text(each['destination_cidr_block'] || each['destination_ipv6_cidr_block'])}`,
};

describe.skipIf(!existsSync(folder))(`states of driftctl (skipped without ${folder})`, () => {
  it('give each part the composite identity that calls name it by', () => {
    const counts: Record<string, number> = {};
    const files = globSync('**/*.tfstate', { cwd: folder, withFileTypes: true });
    for (const entry of files.filter((each) => each.isFile())) {
      const content = readFileSync(join(entry.parentPath, entry.name));
      for (const result of readAll({ f: content })) {
        if (!result.ok) continue;
        for (const { type, attributes, identities } of result.state.resources) {
          const composite = Object.hasOwn(COMPOSITES, type) ? COMPOSITES[type] : undefined;
          if (composite === undefined) continue;
          expect(identities).toContain(`${type}:${composite(attributes)}`);
          counts[type] = (counts[type] ?? 0) + 1;
        }
      }
    }
    expect(Object.keys(counts).sort()).toEqual(Object.keys(COMPOSITES).sort());
  });
});
