import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { UNKNOWN_VALUE } from '../../../../src/core/model/unknown-value.ts';
import { owned } from './owned-resources.ts';
import { told, type Told } from './told-changes.ts';

describe('an auto scaling group', () => {
  const group = owned('aws_autoscaling_group', {
    id: 'web',
    name: 'web',
    min_size: 2,
    vpc_zone_identifier: ['subnet-0a1', 'subnet-0b2'],
    launch_template: [{ id: 'lt-0abc', name: 'web', version: '7' }],
    termination_policies: ['OldestInstance', 'Default'],
  });
  const updated = (request: JsonObject): Told =>
    told(group, 'autoscaling:UpdateAutoScalingGroup', { autoScalingGroupName: 'web', ...request });

  it('tells of other subnets, whose order does not count', () => {
    expect(updated({ vPCZoneIdentifier: 'subnet-0b2, subnet-0a1' }).kind).toBe('restored');
    expect(updated({ vPCZoneIdentifier: 'subnet-0public,subnet-0b2' }).changed).toEqual({
      vpc_zone_identifier: 'differs',
    });
  });

  it('tells of a launch template that the call names', () => {
    const template = (launchTemplateName: string): Told =>
      updated({ launchTemplate: { launchTemplateName, version: '7' } });
    expect(template('web').kind).toBe('restored');
    expect(template('miner').changed).toEqual({ 'launch_template[0].name': 'differs' });
  });

  it('tells of another order in which instances end', () => {
    expect(updated({ terminationPolicies: ['Default', 'OldestInstance'] }).changed).toEqual({
      termination_policies: 'differs',
    });
  });

  it('says nothing of what the call leaves out', () => {
    expect(updated({ minSize: 2 }).equal).toEqual(['min_size']);
  });
});

describe('the network of an ECS service', () => {
  const ARN = 'arn:aws:ecs:eu-west-1:111122223333:service/prod/web';
  const of = (network_configuration: JsonObject): ReturnType<typeof owned> =>
    owned('aws_ecs_service', {
      id: ARN,
      arn: ARN,
      name: 'web',
      cluster: 'prod',
      network_configuration: [network_configuration],
    });
  const service = of({
    assign_public_ip: false,
    security_groups: ['sg-0aaa'],
    subnets: ['subnet-0a1', 'subnet-0b2'],
  });
  const updated = (owner: typeof service, awsvpcConfiguration: JsonObject): Told =>
    told(owner, 'ecs:UpdateService', {
      cluster: 'prod',
      service: 'web',
      networkConfiguration: { awsvpcConfiguration },
    });
  const same = {
    assignPublicIp: 'DISABLED',
    securityGroups: ['sg-0aaa'],
    subnets: ['subnet-0b2', 'subnet-0a1'],
  };

  it('is restored by the same addresses, groups and subnets', () => {
    expect(updated(service, same).kind).toBe('restored');
  });

  it.each([
    ['assign_public_ip', { assignPublicIp: 'ENABLED' }],
    ['security_groups', { securityGroups: ['sg-0open'] }],
    ['subnets', { subnets: ['subnet-0public'] }],
  ])('tells of another %s', (attribute, set) => {
    expect(updated(service, { ...same, ...set }).changed).toEqual({
      [`network_configuration[0].${attribute}`]: 'differs',
    });
  });

  it('is compared with what CloudFormation says within its own block', () => {
    const template = of({
      awsvpc_configuration: { security_groups: ['sg-0aaa'], subnets: ['subnet-0a1'] },
    });
    const set = { securityGroups: ['sg-0aaa'], subnets: ['subnet-0public'] };
    expect(updated(template, set).changed).toEqual({
      'network_configuration[0].subnets': 'differs',
    });
  });
});

describe('the logs of a function', () => {
  const lambda = owned('aws_lambda_function', {
    id: 'resize',
    function_name: 'resize',
    logging_config: [{ log_format: 'Text', log_group: '/aws/lambda/resize' }],
  });
  const updated = (loggingConfig: JsonObject): Told =>
    told(lambda, 'lambda:UpdateFunctionConfiguration', { functionName: 'resize', loggingConfig });

  it('are told of where they go to another group', () => {
    expect(updated({ logGroup: '/aws/lambda/resize', logFormat: 'Text' }).kind).toBe('restored');
    expect(updated({ logGroup: '/evil' }).changed).toEqual({
      'logging_config[0].log_group': 'differs',
    });
  });
});

describe('the logs of an EKS cluster', () => {
  const cluster = owned('aws_eks_cluster', {
    id: 'prod',
    name: 'prod',
    enabled_cluster_log_types: ['api', 'audit'],
  });
  const template = owned('aws_eks_cluster', {
    id: 'prod',
    name: 'prod',
    logging: { cluster_logging: { enabled_types: [{ type: 'api' }, { type: 'audit' }] } },
  });
  const updated = (owner: typeof cluster, ...clusterLogging: readonly JsonObject[]): Told =>
    told(owner, 'eks:UpdateClusterConfig', { name: 'prod', logging: { clusterLogging } });

  it.each([
    ['Terraform', cluster],
    ['CloudFormation', template],
  ])('of %s are told of where one that code has is switched off', (_, owner) => {
    expect(updated(owner, { types: ['audit'], enabled: false }).changed).toEqual({
      enabled_cluster_log_types: 'differs',
    });
  });

  it.each([
    ['Terraform', cluster],
    ['CloudFormation', template],
  ])('of %s are restored by switching on what code has, and off what it has not', (_, owner) => {
    const set = updated(
      owner,
      { types: ['api', 'audit'], enabled: true },
      { types: ['scheduler'], enabled: false },
    );
    expect(set.kind).toBe('restored');
  });

  it('are unknown where code does not say before its deployment which it has', () => {
    const open = owned('aws_eks_cluster', {
      id: 'prod',
      name: 'prod',
      logging: { cluster_logging: UNKNOWN_VALUE },
    });
    expect(updated(open, { types: ['audit'], enabled: false }).changed).toEqual({
      enabled_cluster_log_types: 'unknown',
    });
  });

  it('are told of where one is switched on that code has not', () => {
    expect(updated(cluster, { types: ['scheduler'], enabled: true }).changed).toEqual({
      enabled_cluster_log_types: 'not_in_desired',
    });
  });
});
