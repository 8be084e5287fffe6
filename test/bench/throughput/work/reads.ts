import type { SeededRandom } from '../../../support/seeded-random.ts';
import type { Call, Place } from './kind.ts';

type Read = readonly [
  weight: number,
  service: string,
  operation: string,
  request: (place: Place, random: SeededRandom) => Call['request'],
  resource?: (place: Place) => { readonly arn: string; readonly type: string },
];

const NOTHING = (): null => null;
const bucketName = ({ mark, account }: Place): string => `data-${mark.slice(0, 8)}-${account}`;
const ofBucket = (query: string) => (place: Place) => ({
  bucketName: bucketName(place),
  Host: `${bucketName(place)}.s3.${place.region}.amazonaws.com`,
  [query]: '',
});
const bucketResource = (place: Place) => ({
  arn: `arn:aws:s3:::${bucketName(place)}`,
  type: 'AWS::S3::Bucket',
});
const keyResource = ({ region, account, mark }: Place) => ({
  arn: `arn:aws:kms:${region}:${account}:key/${mark.slice(0, 8)}-1c2d-4e3f-9a4b-${mark.slice(4)}`,
  type: 'AWS::KMS::Key',
});
const roleResource = ({ account, mark }: Place) => ({
  arn: `arn:aws:iam::${account}:role/svc-${mark.slice(0, 6)}`,
  type: 'AWS::IAM::Role',
});

/** Calls that change nothing, as accounts with scanners, controllers and people see them; weights are relative. */
const READS: readonly Read[] = [
  [
    14,
    'sts',
    'AssumeRole',
    ({ account, mark }) => ({
      roleArn: `arn:aws:iam::${account}:role/svc-${mark.slice(0, 6)}`,
      roleSessionName: mark,
      durationSeconds: 3_600,
    }),
    roleResource,
  ],
  [3, 'sts', 'GetCallerIdentity', NOTHING],
  [
    12,
    'kms',
    'Decrypt',
    ({ mark }) => ({
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::data-${mark}`, service: mark.slice(0, 6) },
    }),
    keyResource,
  ],
  [6, 'kms', 'GenerateDataKey', ({ mark }) => ({ keyId: mark, keySpec: 'AES_256' }), keyResource],
  [3, 'kms', 'DescribeKey', ({ mark }) => ({ keyId: mark }), keyResource],
  [
    8,
    'ec2',
    'DescribeInstances',
    ({ mark }) => ({ instancesSet: { items: [{ instanceId: `i-0${mark}` }] }, filterSet: {} }),
  ],
  [
    4,
    'ec2',
    'DescribeInstanceStatus',
    () => ({ instancesSet: {}, filterSet: {}, includeAllInstances: false }),
  ],
  [
    4,
    'ec2',
    'DescribeSecurityGroups',
    ({ mark }) => ({
      securityGroupSet: {},
      securityGroupIdSet: { items: [{ groupId: `sg-0${mark}` }] },
      filterSet: {},
      maxResults: 1_000,
    }),
  ],
  [
    3,
    'ec2',
    'DescribeNetworkInterfaces',
    () => ({
      networkInterfaceIdSet: {},
      filterSet: { items: [{ name: 'status', valueSet: { items: [{ value: 'in-use' }] } }] },
    }),
  ],
  [2, 'ec2', 'DescribeVolumes', () => ({ volumeSet: {}, filterSet: {} })],
  [
    2,
    'ec2',
    'DescribeSubnets',
    () => ({
      subnetSet: {},
      filterSet: {
        items: [{ name: 'vpc-id', valueSet: { items: [{ value: 'vpc-0aa11bb22cc33dd44' }] } }],
      },
    }),
  ],
  [2, 'ec2', 'DescribeVpcs', () => ({ vpcSet: {}, filterSet: {} })],
  [2, 'ec2', 'DescribeRouteTables', () => ({ routeTableIdSet: {}, filterSet: {} })],
  [
    2,
    'ec2',
    'DescribeTags',
    ({ mark }) => ({
      filterSet: {
        items: [{ name: 'resource-id', valueSet: { items: [{ value: `i-0${mark}` }] } }],
      },
    }),
  ],
  [
    1,
    'ec2',
    'DescribeImages',
    () => ({
      executableBySet: {},
      imagesSet: {},
      ownersSet: { items: [{ owner: 'self' }] },
      filterSet: {},
    }),
  ],
  [
    1,
    'ec2',
    'DescribeLaunchTemplateVersions',
    ({ mark }) => ({ DescribeLaunchTemplateVersionsRequest: { LaunchTemplateId: `lt-0${mark}` } }),
  ],
  [4, 's3', 'GetBucketAcl', ofBucket('acl'), bucketResource],
  [3, 's3', 'GetBucketPolicy', ofBucket('policy'), bucketResource],
  [3, 's3', 'GetBucketEncryption', ofBucket('encryption'), bucketResource],
  [2, 's3', 'GetBucketPublicAccessBlock', ofBucket('publicAccessBlock'), bucketResource],
  [2, 's3', 'GetBucketVersioning', ofBucket('versioning'), bucketResource],
  [2, 's3', 'GetBucketTagging', ofBucket('tagging'), bucketResource],
  [2, 's3', 'GetBucketLocation', ofBucket('location'), bucketResource],
  [1, 's3', 'ListBuckets', ({ region }) => ({ Host: `s3.${region}.amazonaws.com` })],
  [
    4,
    'ssm',
    'DescribeInstanceInformation',
    () => ({ filters: [{ key: 'PingStatus', valueSet: ['Online'] }], maxResults: 50 }),
  ],
  [
    3,
    'ssm',
    'GetParameter',
    ({ mark }) => ({ name: `/svc/${mark.slice(0, 6)}/endpoint`, withDecryption: true }),
  ],
  [
    2,
    'ssm',
    'GetParametersByPath',
    ({ mark }) => ({ path: `/svc/${mark.slice(0, 6)}`, recursive: true, withDecryption: true }),
  ],
  [
    3,
    'secretsmanager',
    'GetSecretValue',
    ({ region, account, mark }) => ({
      secretId: `arn:aws:secretsmanager:${region}:${account}:secret:svc/${mark.slice(0, 6)}-AbCdEf`,
    }),
  ],
  [3, 'iam', 'GetRole', ({ mark }) => ({ roleName: `svc-${mark.slice(0, 6)}` })],
  [
    2,
    'iam',
    'ListAttachedRolePolicies',
    ({ mark }) => ({ roleName: `svc-${mark.slice(0, 6)}`, maxItems: 100 }),
  ],
  [2, 'iam', 'ListRoles', () => ({ maxItems: 1_000 })],
  [
    2,
    'iam',
    'GetPolicyVersion',
    ({ account, mark }) => ({
      policyArn: `arn:aws:iam::${account}:policy/svc-${mark.slice(0, 6)}`,
      versionId: 'v4',
    }),
  ],
  [
    3,
    'lambda',
    'GetFunction20150331v2',
    ({ mark }) => ({ functionName: `svc-${mark.slice(0, 6)}` }),
  ],
  [
    2,
    'lambda',
    'ListTags20170331',
    ({ region, account, mark }) => ({
      resource: `arn:aws:lambda:${region}:${account}:function:svc-${mark.slice(0, 6)}`,
    }),
  ],
  [2, 'lambda', 'ListFunctions20150331', () => ({ maxItems: 50 })],
  [
    3,
    'rds',
    'DescribeDBInstances',
    ({ mark }) => ({ dBInstanceIdentifier: `svc-${mark.slice(0, 6)}` }),
  ],
  [2, 'rds', 'DescribeDBClusters', () => ({ maxRecords: 100, includeShared: false })],
  [
    1,
    'rds',
    'ListTagsForResource',
    ({ region, account, mark }) => ({
      resourceName: `arn:aws:rds:${region}:${account}:db:svc-${mark.slice(0, 6)}`,
    }),
  ],
  [
    3,
    'logs',
    'DescribeLogGroups',
    ({ mark }) => ({ logGroupNamePrefix: `/aws/lambda/svc-${mark.slice(0, 6)}` }),
  ],
  [
    2,
    'logs',
    'DescribeLogStreams',
    ({ mark }) => ({
      logGroupName: `/aws/lambda/svc-${mark.slice(0, 6)}`,
      orderBy: 'LastEventTime',
      descending: true,
      limit: 50,
    }),
  ],
  [
    3,
    'monitoring',
    'DescribeAlarms',
    ({ mark }) => ({ alarmNames: [`errors-svc-${mark.slice(0, 6)}`], maxRecords: 100 }),
  ],
  [
    3,
    'elasticloadbalancing',
    'DescribeTargetHealth',
    ({ region, account, mark }) => ({
      targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/svc/${mark}`,
    }),
  ],
  [2, 'elasticloadbalancing', 'DescribeLoadBalancers', () => ({ pageSize: 400 })],
  [
    2,
    'autoscaling',
    'DescribeAutoScalingGroups',
    ({ mark }) => ({ autoScalingGroupNames: [`svc-${mark.slice(0, 6)}`], maxRecords: 100 }),
  ],
  [
    3,
    'ecs',
    'DescribeServices',
    ({ mark }) => ({ cluster: 'live', services: [`svc-${mark.slice(0, 6)}`], include: ['TAGS'] }),
  ],
  [
    2,
    'ecs',
    'ListTasks',
    ({ mark }) => ({
      cluster: 'live',
      serviceName: `svc-${mark.slice(0, 6)}`,
      desiredStatus: 'RUNNING',
    }),
  ],
  [
    2,
    'ecr',
    'BatchGetImage',
    ({ account, mark }) => ({
      registryId: account,
      repositoryName: `svc-${mark.slice(0, 6)}`,
      imageIds: [{ imageTag: mark.slice(0, 7) }],
    }),
  ],
  [2, 'ecr', 'GetAuthorizationToken', () => ({})],
  [2, 'dynamodb', 'DescribeTable', ({ mark }) => ({ tableName: `svc-${mark.slice(0, 6)}` })],
  [1, 'dynamodb', 'ListTables', () => ({ limit: 100 })],
  [
    1,
    'sqs',
    'GetQueueAttributes',
    ({ region, account, mark }) => ({
      queueUrl: `https://sqs.${region}.amazonaws.com/${account}/svc-${mark.slice(0, 6)}`,
      attributeNames: ['All'],
    }),
  ],
  [
    1,
    'sns',
    'GetTopicAttributes',
    ({ region, account, mark }) => ({
      topicArn: `arn:aws:sns:${region}:${account}:svc-${mark.slice(0, 6)}`,
    }),
  ],
  [
    1,
    'route53',
    'ListResourceRecordSets',
    ({ mark }) => ({ hostedZoneId: `Z0${mark.toUpperCase()}`, maxItems: '300' }),
  ],
  [
    1,
    'cloudfront',
    'GetDistribution',
    ({ mark }) => ({ id: `E${mark.slice(0, 12).toUpperCase()}` }),
  ],
  [1, 'eks', 'DescribeCluster', () => ({ name: 'live' })],
  [1, 'config', 'DescribeConfigurationRecorders', NOTHING],
  [
    1,
    'guardduty',
    'ListFindings',
    ({ mark }) => ({
      detectorId: `${mark}${mark}`,
      findingCriteria: { criterion: { 'service.archived': { eq: ['false'] } } },
    }),
  ],
  [1, 'tagging', 'GetResources', () => ({ resourcesPerPage: 100, tagFilters: [{ key: 'owner' }] })],
  [
    1,
    'cloudtrail',
    'LookupEvents',
    ({ mark }) => ({
      lookupAttributes: [
        { attributeKey: 'ResourceName', attributeValue: `svc-${mark.slice(0, 6)}` },
      ],
      maxResults: 50,
    }),
  ],
];

const SPREAD: readonly Read[] = READS.flatMap((read) => new Array<Read>(read[0]).fill(read));

export const readCall = (place: Place, random: SeededRandom): Call => {
  const [, service, operation, request, resource] = random.pick(SPREAD);
  return {
    service,
    operation,
    request: request(place, random),
    response:
      operation === 'AssumeRole'
        ? {
            credentials: {
              accessKeyId: `ASIA${place.mark.toUpperCase()}`,
              sessionToken: `IQoJb3JpZ2luX2VjE${place.mark.repeat(12)}`,
              expiration: 'Jan 31, 2026, 1:00:00 PM',
            },
          }
        : null,
    ...(resource === undefined ? {} : { resources: [resource(place)] }),
  };
};
