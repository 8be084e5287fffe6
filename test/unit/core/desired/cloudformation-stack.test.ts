import { describe, expect, it } from 'vitest';
import { failuresOf, readAll, readOne, resourceAt } from './reading.ts';

const stackId = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/web/5f1c';
const listed = (logicalId: string, physicalId: string | undefined, type: string): object => ({
  StackName: 'web',
  StackId: stackId,
  LogicalResourceId: logicalId,
  ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
  ResourceType: type,
  ResourceStatus: 'CREATE_COMPLETE',
});

const template = `
AWSTemplateFormatVersion: 2010-09-09
Parameters: {Key: {Type: String}}
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
      Tags: [{Key: Name, Value: !Sub '\${AWS::StackName}-\${AWS::Region}'}]
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
  Peer:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Group.GroupId, SourceSecurityGroupId: !Ref Group, IpProtocol: '-1'}
  Host:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: !FindInMap [A, B, C]
      KeyName: !Ref Key
      SecurityGroupIds: [!Ref Group, !If [X, a, b]]
      InstanceType: t3.micro
      Monitoring: !Ref AWS::NoValue
  Roles:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}
      Path: !Join ['/', ['', !Ref AWS::StackName, '']]
  Sometimes: {Type: AWS::S3::Bucket, Condition: No}
  Own: {Type: Custom::Thing}
`;
const resources = [
  listed('Vpc', 'vpc-0a1b2c3d', 'AWS::EC2::VPC'),
  listed('Group', 'sg-0a1b2c3d', 'AWS::EC2::SecurityGroup'),
  listed('Peer', 'sgr-0a1b2c3d', 'AWS::EC2::SecurityGroupIngress'),
  listed('Host', 'i-0a1b2c3d', 'AWS::EC2::Instance'),
  listed('Roles', 'web-Roles-1X', 'AWS::IAM::Role'),
  listed('Own', 'x', 'Custom::Thing'),
  listed('MadeByTransform', 'arn:aws:sns:eu-west-1:111111111111:t', 'AWS::SNS::Topic'),
];
const listing = { StackResources: resources };

describe('a template with the resources of its stack', () => {
  const read = readOne({ 'web.yaml': template, 'stack.json': listing });
  const attributes = (logicalId: string) => resourceAt(read, `web.${logicalId}`).attributes;

  it('gives each resource that is there its physical id, account and region', () => {
    expect(read).toMatchObject({
      format: 'cloudformation',
      scope: 'prod/cloudformation:111111111111:eu-west-1:web',
      skipped: { component: 1, absent: 1 },
      warnings: [],
    });
    expect(resourceAt(read, 'web.Vpc')).toMatchObject({
      type: 'aws_vpc',
      provider: 'aws',
      account: '111111111111',
      region: 'eu-west-1',
      source: 'web.yaml',
      identities: ['id:vpc-0a1b2c3d', 'aws_vpc:vpc-0a1b2c3d'],
    });
    expect(attributes('Roles')).toMatchObject({ id: 'web-Roles-1X', name: 'web-Roles-1X' });
  });

  it('names properties as Terraform does, and works out what refers to the stack itself', () => {
    expect(attributes('Vpc')).toMatchObject({
      cidr_block: '10.0.0.0/16',
      tags: { Name: 'web-eu-west-1' },
    });
    expect(attributes('Group')).toMatchObject({
      description: 'web',
      vpc_id: 'vpc-0a1b2c3d',
      ingress: [{ protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['0.0.0.0/0'] }],
    });
    expect(attributes('Peer')).toMatchObject({
      security_group_id: 'sg-0a1b2c3d',
      referenced_security_group_id: 'sg-0a1b2c3d',
    });
    expect(attributes('Roles')).toMatchObject({
      path: '/web/',
      assume_role_policy: { Version: '2012-10-17', Statement: [] },
    });
  });

  it('says of what only CloudFormation knows, and of lists that hold it, that it is unknown', () => {
    const unknown = { $unknown: true };
    expect(attributes('Host')).toEqual({
      id: 'i-0a1b2c3d',
      ami: unknown,
      key_name: unknown,
      vpc_security_group_ids: unknown,
      instance_type: 't3.micro',
    });
  });

  it('says nothing of a policy or a rule of which a part is unknown, and all else of other objects', () => {
    const getAtt = { 'Fn::GetAtt': ['Other', 'Arn'] };
    const other = readOne({
      t: {
        Resources: {
          Thing: {
            Type: 'AWS::EC2::SecurityGroup',
            Properties: {
              Policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Resource: getAtt } },
              Environment: { Variables: { PORT: '80', HOST: getAtt } },
              SecurityGroupIngress: [{ IpProtocol: 'tcp', CidrIp: { Ref: 'Cidr' } }],
            },
          },
        },
      },
    });
    expect(resourceAt(other, 't.Thing').attributes).toMatchObject({
      policy: { $unknown: true },
      environment: { variables: { PORT: '80' } },
      ingress: { $unknown: true },
    });
  });

  it('owns what a transform made, without attributes of code', () => {
    const arn = 'arn:aws:sns:eu-west-1:111111111111:t';
    expect(resourceAt(read, 'web.MadeByTransform')).toMatchObject({
      type: 'aws_sns_topic',
      attributes: { id: arn, arn },
      identities: [arn, `aws_sns_topic:${arn}`],
    });
  });

  it('may come in any order, as get-template prints it, and as several stacks of one template', () => {
    const test = resources.map((each) => ({ ...each, StackName: 'test', StackId: undefined }));
    const results = readAll({
      'a.json': { StackResources: test },
      'b.json': { TemplateBody: template },
      'c.json': listing,
    });
    expect(
      results.map((result) => result.ok && [result.state.scope, result.state.resources.length]),
    ).toEqual([
      ['prod/cloudformation:test', 6],
      ['prod/cloudformation:111111111111:eu-west-1:web', 6],
    ]);
  });

  it('takes the properties of drift results, which are worked out', () => {
    const drifts = {
      StackResourceDrifts: [
        {
          ...listed('Host', 'i-0a1b2c3d', 'AWS::EC2::Instance'),
          ExpectedProperties: '{"ImageId":"ami-1","InstanceType":"t3.micro"}',
        },
      ],
    };
    const both = readOne({ 'web.yaml': template, 'drift.json': drifts });
    expect(resourceAt(both, 'web.Host').attributes).toMatchObject({ ami: 'ami-1' });
  });

  it('says so where two templates fit alike', () => {
    expect(failuresOf({ 'a.yaml': template, 'b.yaml': template, 'c.json': listing })).toEqual([
      expect.objectContaining({ reason: 'ambiguous', source: 'c.json' }),
    ]);
  });
});

describe('a part alone', () => {
  it('as a template is read with a warning that tells how to give the stack', () => {
    const read = readOne({ 'templates/web.yaml': template });
    expect(read.warnings).toEqual([expect.stringContaining('describe-stack-resources')]);
    expect(read).not.toHaveProperty('lineage');
    expect(resourceAt(read, 'web.Vpc').identities).toEqual([]);
  });

  it('as a template of a named stack can be published', () => {
    expect(readOne({ 'x.yaml': template }, { stack: 'web' })).toMatchObject({
      scope: 'prod/cloudformation:web',
    });
  });

  it('as stack resources gives what code owns, and warns that attributes are unknown', () => {
    const read = readOne({ 'stack.json': listing });
    expect(read.resources).toHaveLength(6);
    expect(read.warnings).toEqual([expect.stringContaining('attributes are unknown')]);
  });

  it('leaves out what was deleted or never made', () => {
    const gone = [
      { ...listed('A', 'a', 'AWS::SNS::Topic'), ResourceStatus: 'DELETE_COMPLETE' },
      listed('B', undefined, 'AWS::SNS::Topic'),
    ];
    expect(readOne({ f: { StackResources: gone } })).toMatchObject({
      resources: [],
      skipped: { absent: 2 },
    });
  });

  it.each([
    [{ StackResources: [], NextToken: 'x' }, 'incomplete'],
    [{ StackResources: [{}] }, 'invalid_resource'],
    [{ AWSTemplateFormatVersion: '2010-09-09', Resources: { A: {} } }, 'invalid_resource'],
    [{ Resources: { A: { Type: 'AWS::S3::Bucket', Properties: [] } } }, 'invalid_resource'],
  ])('%j is refused', (content, reason) => {
    expect(failuresOf({ f: content })).toEqual([expect.objectContaining({ reason })]);
  });
});
