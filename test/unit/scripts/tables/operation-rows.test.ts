import { describe, expect, it } from 'vitest';
import { operationRow } from '../../../../scripts/tables/aws/operation-rows.ts';
import type { ResourceCatalogue } from '../../../../scripts/tables/aws/resource-catalogue.ts';
import type { ServiceModel, Shape } from '../../../../scripts/tables/service-models.ts';
import type {
  TerraformAttribute,
  TerraformType,
} from '../../../../scripts/tables/terraform-types.ts';

const type = (
  name: string,
  attributes: Readonly<Record<string, TerraformAttribute>>,
  computed: readonly string[] = [],
): TerraformType => ({
  type: name,
  attributes: new Map(Object.entries(attributes)),
  names: new Set([...Object.keys(attributes), ...computed]),
});

const TEXT: TerraformAttribute = { kind: 'string' };

const SHAPES: Readonly<Record<string, Shape>> = {
  Text: { type: 'string' },
  Number: { type: 'integer' },
  Flag: { type: 'boolean' },
  Texts: { type: 'list', member: { shape: 'Text' } },
  Tags: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Text' } },
};

type Members = Readonly<Record<string, string>>;

/** A service of one operation a name; a required member ends in `!`. */
const service = (
  operations: Readonly<Record<string, { readonly in?: Members; readonly out?: Members }>>,
  more: Partial<ServiceModel> = {},
): ServiceModel => {
  const shapes: Record<string, Shape> = { ...SHAPES, ...more.shapes };
  const structure = (members: Members): Shape => ({
    type: 'structure',
    required: Object.keys(members)
      .filter((name) => name.endsWith('!'))
      .map((name) => name.slice(0, -1)),
    members: Object.fromEntries(
      Object.entries(members).map(([name, shape]) => [name.replace('!', ''), { shape }]),
    ),
  });
  for (const [name, { in: input, out }] of Object.entries(operations)) {
    if (input !== undefined) shapes[`${name}In`] = structure(input);
    if (out !== undefined) shapes[`${name}Out`] = structure(out);
  }
  return {
    id: 'thing',
    source: 'thing',
    protocol: 'json',
    ...more,
    shapes,
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, { in: input, out }]) => [
        name,
        {
          name,
          ...(input === undefined ? {} : { input: { shape: `${name}In` } }),
          ...(out === undefined ? {} : { output: { shape: `${name}Out` } }),
        },
      ]),
    ),
  };
};

const catalogue = (known: Readonly<Record<string, TerraformType>>): ResourceCatalogue => ({
  find: (_service, noun) => known[noun] ?? known[noun.replace(/s$/, '')],
});

const rowFor = (
  model: ServiceModel,
  operation: string,
  known: Readonly<Record<string, TerraformType>>,
): ReturnType<typeof operationRow> => {
  const found = model.operations[operation];
  if (found === undefined) throw new Error(`No operation ${operation}.`);
  return operationRow(model, found, catalogue(known));
};

const cluster = type(
  'aws_thing_cluster',
  { name: TEXT, description: TEXT, size: { kind: 'number' }, subnets: { kind: 'list' } },
  ['id', 'arn'],
);

describe('operationRow', () => {
  it('takes the member that Delete requires, and the attributes whose name and type fit', () => {
    const model = service({
      DeleteCluster: { in: { 'ClusterName!': 'Text' } },
      UpdateCluster: {
        in: {
          'ClusterName!': 'Text',
          Description: 'Text',
          Size: 'Text',
          Subnets: 'Texts',
          Unknown: 'Text',
        },
      },
    });
    expect(rowFor(model, 'UpdateCluster', { Cluster: cluster })).toMatchObject({
      identities: ['{name}'],
      row: {
        effect: 'update',
        targets: [
          {
            type: 'aws_thing_cluster',
            id: '{request.clusterName}',
            fields: { description: 'description' },
            changes: [{ path: 'subnets', from: 'request.subnets', as: 'list' }],
          },
        ],
      },
    });
  });

  it('takes nothing that only says how the call is made', () => {
    const model = service({
      DeleteCluster: { in: { 'Name!': 'Text' } },
      UpdateCluster: { in: { 'Name!': 'Text', Description: 'Text', ApplyImmediately: 'Flag' } },
    });
    const flagged = type('aws_thing_cluster', {
      name: TEXT,
      description: TEXT,
      apply_immediately: { kind: 'boolean' },
    });
    expect(rowFor(model, 'UpdateCluster', { Cluster: flagged })?.row.targets[0]?.fields).toEqual({
      description: 'description',
    });
  });

  it('finds what was created by the answer, where the service gives the identifier', () => {
    const model = service({
      CreateCluster: { in: { 'Name!': 'Text' }, out: { ClusterId: 'Text' } },
      DeleteCluster: { in: { 'ClusterId!': 'Text' } },
    });
    expect(rowFor(model, 'CreateCluster', { Cluster: cluster })?.row.targets[0]?.id).toBe(
      '{response.clusterId}',
    );
  });

  it('spells a child by its parent and itself, in request and attributes alike', () => {
    const profile = type('aws_thing_profile', { application_id: TEXT, name: TEXT }, [
      'id',
      'profile_id',
    ]);
    const model = service({
      DeleteProfile: { in: { 'ApplicationId!': 'Text', 'ProfileId!': 'Text' } },
    });
    expect(rowFor(model, 'DeleteProfile', { Profile: profile })).toMatchObject({
      identities: ['{application_id}/{profile_id}', '{application_id}/{id}'],
      row: { effect: 'delete', targets: [{ id: '{request.applicationId}/{request.profileId}' }] },
    });
  });

  it('makes no row where a required name has no attribute to stand for', () => {
    const model = service({
      DeleteCluster: { in: { 'Planet!': 'Text', 'ClusterName!': 'Text' } },
    });
    expect(rowFor(model, 'DeleteCluster', { Cluster: cluster })).toBeUndefined();
  });

  it('takes no other thing whose name begins alike for its own', () => {
    const route = type('aws_route', { route_table_id: TEXT, destination_cidr_block: TEXT }, ['id']);
    const model = service({
      DeleteRoute: { in: { 'RouteTableId!': 'Text', DestinationCidrBlock: 'Text' } },
    });
    expect(rowFor(model, 'DeleteRoute', { Route: route })).toBeUndefined();
  });

  it('takes no secret for an identifier and none for an attribute', () => {
    const secret = type('aws_thing_secret', { name: TEXT, secret_string: TEXT }, ['arn', 'id']);
    const model = service({
      DeleteSecret: { in: { 'SecretId!': 'Text' } },
      CreateSecret: { in: { SecretString: 'Text' }, out: { ARN: 'Text' } },
    });
    const made = rowFor(model, 'CreateSecret', { Secret: secret });
    expect(made?.row.targets[0]).toEqual({ type: 'aws_thing_secret', id: '{response.aRN}' });
  });

  it('writes what EC2 wraps newer calls in as the other place to look', () => {
    const model = service(
      { DeleteGateway: { in: { 'GatewayId!': 'Text' } } },
      { id: 'ec2', source: 'ec2', protocol: 'ec2' },
    );
    const gateway = type('aws_gateway', { vpc_id: TEXT }, ['id']);
    expect(rowFor(model, 'DeleteGateway', { Gateway: gateway })?.row.targets[0]?.id).toBe(
      '{request.gatewayId|request.DeleteGatewayRequest.GatewayId}',
    );
  });

  it('takes what a call asks for as set only where it sets it', () => {
    const gateway = type('aws_gateway', { vpc_id: TEXT }, ['id']);
    const model = service({
      DeleteGateway: { in: { 'GatewayId!': 'Text' } },
      DetachGateway: { in: { 'GatewayId!': 'Text', VpcId: 'Text' } },
    });
    expect(rowFor(model, 'DetachGateway', { Gateway: gateway })?.row.targets).toEqual([
      { type: 'aws_gateway', id: '{request.gatewayId}' },
    ]);
  });

  it('tags whatever an ARN names', () => {
    const model = service({
      UntagResource: { in: { 'resourceArn!': 'Text', 'tagKeys!': 'Texts' } },
    });
    expect(rowFor(model, 'UntagResource', {})?.row).toEqual({
      effect: 'update',
      targets: [
        {
          type: '*',
          id: '{request.resourceArn}',
          changes: [{ path: 'tags', from: 'request.tagKeys', as: 'tag_keys' }],
        },
      ],
    });
  });

  it('looks up what Put may overwrite before it calls it new', () => {
    const model = service({
      DeleteCluster: { in: { 'Name!': 'Text' } },
      PutCluster: { in: { 'Name!': 'Text', Description: 'Text' } },
    });
    const row = rowFor(model, 'PutCluster', { Cluster: cluster })?.row;
    expect(row?.effect).toBe('create');
    expect(row?.targets.map(({ effect, parent }) => [effect, parent])).toEqual([
      ['update', true],
      [undefined, undefined],
    ]);
  });

  it('says nothing of calls that use a thing', () => {
    const model = service({
      DeleteCluster: { in: { 'Name!': 'Text' } },
      InvokeCluster: { in: { 'Name!': 'Text' } },
    });
    expect(rowFor(model, 'InvokeCluster', { Cluster: cluster })).toBeUndefined();
  });
});
