import { describe, expect, it } from 'vitest';
import { failuresOf, readAll, readOne } from './reading.ts';

const template = {
  AWSTemplateFormatVersion: '2010-09-09',
  Parameters: {
    Size: { Type: 'String', Default: 't3.micro' },
    Groups: { Type: 'List<AWS::EC2::SecurityGroup::Id>' },
    Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' },
    Stage: { Type: 'String' },
    Secret: { Type: 'String', NoEcho: true },
  },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    IsBig: { 'Fn::Or': [{ Condition: 'IsProd' }, { 'Fn::Equals': [{ Ref: 'Other' }, 'x'] }] },
    IsNot: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Never: { 'Fn::And': [{ Condition: 'IsNot' }, { Condition: 'Loop' }] },
    Loop: { Condition: 'Loop' },
  },
  Resources: {
    Web: {
      Type: 'AWS::EC2::Instance',
      Properties: {
        InstanceType: { Ref: 'Size' },
        SecurityGroupIds: { Ref: 'Groups' },
        ImageId: { Ref: 'Image' },
        KeyName: { 'Fn::Sub': '${Stage}-key-${AWS::Region}' },
        Monitoring: { 'Fn::If': ['IsProd', true, false] },
        EbsOptimized: { 'Fn::If': ['IsBig', true, false] },
        Tenancy: { 'Fn::If': ['Never', 'dedicated', { Ref: 'AWS::NoValue' }] },
        SubnetId: { 'Fn::If': ['Loop', 'subnet-1', 'subnet-2'] },
        UserData: { Ref: 'Secret' },
        HostId: { 'Fn::Join': ['/', { Ref: 'Groups' }] },
      },
    },
  },
};
const listing = {
  StackResources: [
    {
      StackName: 'web',
      StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/web/1',
      LogicalResourceId: 'Web',
      PhysicalResourceId: 'i-0123456789abcdef0',
      ResourceType: 'AWS::EC2::Instance',
    },
  ],
};
const parameter = (ParameterKey: string, ParameterValue: string, more: object = {}) => ({
  ParameterKey,
  ParameterValue,
  ...more,
});
const list = [
  parameter('Size', 'm5.large'),
  parameter('Groups', 'sg-1, sg-2'),
  parameter('Image', '/images/web', { ResolvedValue: 'ami-1' }),
  parameter('Stage', 'prod'),
  parameter('Secret', 'hunter2-hunter2'),
];
const stacks = (name: string) => ({ Stacks: [{ StackName: name, Parameters: list }] });
const known = {
  instance_type: 'm5.large',
  vpc_security_group_ids: ['sg-1', 'sg-2'],
  key_name: 'prod-key-eu-west-1',
  monitoring: true,
  ebs_optimized: true,
};

describe('parameters of a stack', () => {
  const attributesWith = (...files: readonly object[]) =>
    readOne(Object.fromEntries([template, listing, ...files].map((file, at) => [`f${at}`, file])))
      .resources[0]?.attributes;

  it('are known as describe-stacks prints them: references, texts, lists and conditions', () => {
    const attributes = attributesWith(stacks('web'));
    expect(attributes).toMatchObject({ ...known, host_id: 'sg-1/sg-2' });
    expect(attributes?.['ami'] ?? attributes?.['image_id']).toBe('ami-1');
  });

  it('are known from a parameter file, but for what the parameter store would have to tell', () => {
    const attributes = attributesWith(
      list.map(({ ParameterKey, ParameterValue }) => ({ ParameterKey, ParameterValue })),
    );
    expect(attributes).toMatchObject(known);
    expect(attributes).toMatchObject({ ami: { $unknown: true } });
  });

  it('say what stays unknown, a secret or a condition without an end, and leave out what is chosen as no value', () => {
    const attributes = attributesWith(stacks('web')) ?? {};
    expect(attributes).toMatchObject({
      user_data: { $unknown: true },
      subnet_id: { $unknown: true },
    });
    expect(Object.keys(attributes)).not.toContain('tenancy');
    expect(JSON.stringify(attributes)).not.toContain('hunter2');
  });

  it('are not guessed: not of another stack, not a default, not what is hidden', () => {
    const unknown = { instance_type: { $unknown: true } };
    expect(attributesWith(stacks('other'))).toMatchObject(unknown);
    expect(attributesWith([parameter('Size', '****')])).toMatchObject(unknown);
  });

  it('of a file are refused where there are several stacks', () => {
    expect(
      failuresOf({ a: template, b: { ...template, Description: 'b' }, p: list }),
    ).toMatchObject([{ reason: 'ambiguous', source: 'p' }]);
  });
});

describe('an inline policy', () => {
  it('is found in each role, user and group that it names', () => {
    const results = readAll({
      t: {
        Resources: {
          P: {
            Type: 'AWS::IAM::Policy',
            Properties: {
              PolicyName: 'p',
              PolicyDocument: { Statement: [] },
              Roles: ['r1', { Ref: 'Made' }],
              Users: ['u'],
              Groups: ['g'],
            },
          },
          Made: { Type: 'AWS::IAM::Role', Properties: {} },
        },
      },
      s: {
        StackResources: [
          {
            StackName: 'w',
            LogicalResourceId: 'P',
            PhysicalResourceId: 'w-P-1',
            ResourceType: 'AWS::IAM::Policy',
          },
          {
            StackName: 'w',
            LogicalResourceId: 'Made',
            PhysicalResourceId: 'w-Made-2',
            ResourceType: 'AWS::IAM::Role',
          },
        ],
      },
    });
    const [result] = results;
    if (result?.ok !== true) throw new Error(JSON.stringify(results));
    expect(result.state.resources[0]?.identities).toEqual([
      'aws_iam_role_policy:r1:p',
      'aws_iam_role_policy:w-Made-2:p',
      'aws_iam_user_policy:u:p',
      'aws_iam_group_policy:g:p',
      'aws_iam_role_policy:w-P-1',
    ]);
  });
});
