import { describe, expect, it } from 'vitest';
import { identify } from '../../../../src/core/detect/identify.ts';
import { observeChanges } from '../../../../src/core/detect/changes.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { awsTables, call, indexOf, owned } from './owned-resources.ts';

const found = (
  key: string,
  request: JsonObject,
  owners: readonly DesiredResource[],
  response?: JsonObject,
) => identify(call(key, request, response), awsTables, indexOf(...owners)).resources;

const typesOf = (...args: Parameters<typeof found>) =>
  found(...args).map(({ type, owners, effect }) => `${effect} ${owners[0]?.type ?? `new ${type}`}`);

/** By service whose event names several services use: an owner, and a call that touches it. */
const CALLS: readonly (readonly [
  type: string,
  attributes: JsonObject,
  key: string,
  request: JsonObject,
  effect: string,
])[] = [
  ['aws_rds_cluster', { id: 'db' }, 'rds:ModifyDBCluster', { dBClusterIdentifier: 'DB' }, 'update'],
  [
    'aws_docdb_cluster',
    { id: 'db' },
    'rds:ModifyDBCluster',
    { dBClusterIdentifier: 'DB' },
    'update',
  ],
  [
    'aws_neptune_cluster',
    { id: 'db' },
    'rds:DeleteDBCluster',
    { dBClusterIdentifier: 'db' },
    'delete',
  ],
  [
    'aws_docdb_cluster_instance',
    { id: 'i' },
    'rds:DeleteDBInstance',
    { dBInstanceIdentifier: 'i' },
    'delete',
  ],
  [
    'aws_neptune_cluster_instance',
    { id: 'i' },
    'rds:ModifyDBInstance',
    { dBInstanceIdentifier: 'i' },
    'update',
  ],
  [
    'aws_neptune_parameter_group',
    { id: 'p' },
    'rds:ModifyDBParameterGroup',
    { dBParameterGroupName: 'p' },
    'update',
  ],
  [
    'aws_docdb_subnet_group',
    { id: 's' },
    'rds:DeleteDBSubnetGroup',
    { dBSubnetGroupName: 's' },
    'delete',
  ],
  [
    'aws_docdb_global_cluster',
    { id: 'g' },
    'rds:ModifyGlobalCluster',
    { globalClusterIdentifier: 'g' },
    'update',
  ],
  [
    'aws_api_gateway_domain_name',
    { id: 'a.example.org' },
    'apigateway:DeleteDomainName',
    { domainName: 'a.example.org' },
    'delete',
  ],
  [
    'aws_apigatewayv2_domain_name',
    { id: 'a.example.org' },
    'apigateway:UpdateDomainName',
    { domainName: 'a.example.org' },
    'update',
  ],
  [
    'aws_ses_domain_identity',
    { id: 'example.org' },
    'ses:DeleteEmailIdentity',
    { emailIdentity: 'example.org' },
    'delete',
  ],
  [
    'aws_sesv2_email_identity',
    { id: 'example.org' },
    'ses:DeleteIdentity',
    { identity: 'example.org' },
    'delete',
  ],
  [
    'aws_ses_configuration_set',
    { id: 'c', name: 'c' },
    'ses:DeleteConfigurationSet',
    { configurationSetName: 'c' },
    'delete',
  ],
  [
    'aws_ses_event_destination',
    { id: 'e', name: 'e', configuration_set_name: 'c' },
    'ses:UpdateConfigurationSetEventDestination',
    { configurationSetName: 'c', eventDestination: { name: 'e', enabled: false } },
    'update',
  ],
  [
    'aws_appautoscaling_policy',
    {
      id: 'p',
      name: 'p',
      service_namespace: 'ecs',
      resource_id: 'service/a/b',
      scalable_dimension: 'ecs:service:DesiredCount',
    },
    'autoscaling:DeleteScalingPolicy',
    {
      policyName: 'p',
      serviceNamespace: 'ecs',
      resourceId: 'service/a/b',
      scalableDimension: 'ecs:service:DesiredCount',
    },
    'delete',
  ],
];

describe('an event name that several services share', () => {
  it.each(CALLS)('finds the %s that code owns', (type, attributes, key, request, effect) => {
    expect(typesOf(key, request, [owned(type, attributes)])).toEqual([`${effect} ${type}`]);
  });

  it('takes a scaling policy of a group for no policy of another service', () => {
    const scaling = { id: 'p', name: 'p' };
    const group = owned('aws_autoscaling_policy', scaling);
    const ofService = {
      policyName: 'p',
      serviceNamespace: 'ecs',
      resourceId: 'service/a/b',
      scalableDimension: 'ecs:service:DesiredCount',
    };
    expect(typesOf('autoscaling:PutScalingPolicy', ofService, [group])).toEqual([
      'create new aws_appautoscaling_policy',
    ]);
    const ofGroup = { policyName: 'p', autoScalingGroupName: 'asg' };
    expect(typesOf('autoscaling:PutScalingPolicy', ofGroup, [group])).toEqual([
      'update aws_autoscaling_policy',
    ]);
  });

  it.each([
    ['docdb', 'aws_docdb_cluster'],
    ['neptune', 'aws_neptune_cluster'],
    ['aurora-postgresql', 'aws_rds_cluster'],
  ])('tells by the engine %s what was created', (engine, type) => {
    const request = { dBClusterIdentifier: 'new', engine };
    expect(typesOf('rds:CreateDBCluster', request, [])).toEqual([`create new ${type}`]);
  });

  it('tells by the API what was created', () => {
    const first = { restApiId: 'r', createDeploymentInput: {} };
    expect(typesOf('apigateway:CreateDeployment', first, [], { id: 'd' })).toEqual([
      'create new aws_api_gateway_deployment',
    ]);
    expect(
      typesOf('apigateway:CreateDeployment', { apiId: 'a' }, [], { deploymentId: 'd' }),
    ).toEqual(['create new aws_apigatewayv2_deployment']);
  });

  it('names what was set as the type that code has names it', () => {
    const request = { dBClusterIdentifier: 'db', dBClusterParameterGroupName: 'g', port: 8182 };
    const [neptune] = found('rds:ModifyDBCluster', request, [
      owned('aws_neptune_cluster', { id: 'db' }),
    ]);
    const changes =
      neptune === undefined ? [] : observeChanges(call('rds:ModifyDBCluster', request), neptune);
    expect(changes.map(({ path, observed }) => [path, observed])).toEqual([
      ['port', 8182],
      ['neptune_cluster_parameter_group_name', 'g'],
    ]);
  });
});
