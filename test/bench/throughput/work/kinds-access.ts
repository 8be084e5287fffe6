import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import type { Call, Kind, Place } from './kind.ts';
import { arn, guid, name, tagged } from './names.ts';

const bucketOf = (place: Place): string => `${name(place)}-${place.account}`;

const bucketCall = (place: Place, operation: string, request: JsonObject): Call => ({
  service: 's3',
  operation,
  request: {
    bucketName: bucketOf(place),
    Host: `${bucketOf(place)}.s3.${place.region}.amazonaws.com`,
    ...request,
  },
  response: null,
  resources: [{ arn: `arn:aws:s3:::${bucketOf(place)}`, type: 'AWS::S3::Bucket' }],
});

const bucketPolicy = (place: Place, principal: JsonValue): JsonObject => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Readers',
      Effect: 'Allow',
      Principal: principal,
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: [`arn:aws:s3:::${bucketOf(place)}`, `arn:aws:s3:::${bucketOf(place)}/*`],
    },
  ],
});

export const bucket: Kind = {
  type: 'aws_s3_bucket',
  weight: 3,
  attributes: (place) => ({
    id: bucketOf(place),
    arn: `arn:aws:s3:::${bucketOf(place)}`,
    bucket: bucketOf(place),
    bucket_domain_name: `${bucketOf(place)}.s3.amazonaws.com`,
    force_destroy: false,
    policy: JSON.stringify(bucketPolicy(place, { AWS: `arn:aws:iam::${place.account}:root` })),
    region: place.region,
    versioning: [{ enabled: true, mfa_delete: false }],
    ...tagged(place),
  }),
  changes: {
    putBucketVersioning: (place) =>
      bucketCall(place, 'PutBucketVersioning', {
        VersioningConfiguration: {
          Status: 'Suspended',
          xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
        },
        versioning: '',
      }),
    putBucketPolicy: (place) =>
      bucketCall(place, 'PutBucketPolicy', { bucketPolicy: bucketPolicy(place, '*'), policy: '' }),
    putBucketTagging: (place) =>
      bucketCall(place, 'PutBucketTagging', {
        Tagging: {
          TagSet: { Tag: [{ Key: 'Name', Value: 'scratch' }] },
          xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/',
        },
        tagging: '',
      }),
  },
  remove: (place) => bucketCall(place, 'DeleteBucket', {}),
};

const trust = (principal: string): JsonObject => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: principal } },
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
  ],
});

export const role: Kind = {
  type: 'aws_iam_role',
  weight: 4,
  attributes: (place) => ({
    id: name(place),
    arn: `arn:aws:iam::${place.account}:role/${name(place)}`,
    name: name(place),
    assume_role_policy: JSON.stringify(trust(`arn:aws:iam::${place.account}:root`)),
    description: `Role of ${name(place)}`,
    force_detach_policies: false,
    managed_policy_arns: ['arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'],
    max_session_duration: 3_600,
    path: '/',
    permissions_boundary: '',
    unique_id: `AROA${place.mark.toUpperCase()}`,
    ...tagged(place),
  }),
  changes: {
    attachRolePolicy: (place, even) => ({
      service: 'iam',
      operation: 'AttachRolePolicy',
      request: {
        roleName: name(place),
        policyArn: `arn:aws:iam::aws:policy/${even ? 'AdministratorAccess' : 'AmazonS3FullAccess'}`,
      },
      response: null,
    }),
    updateAssumeRolePolicy: (place) => ({
      service: 'iam',
      operation: 'UpdateAssumeRolePolicy',
      request: {
        roleName: name(place),
        policyDocument: JSON.stringify(trust('arn:aws:iam::999988887777:root')),
      },
      response: null,
    }),
  },
  remove: (place) => ({
    service: 'iam',
    operation: 'DeleteRole',
    request: { roleName: name(place) },
    response: null,
  }),
};

const keyPolicy = (principals: readonly string[]): JsonObject => ({
  Version: '2012-10-17',
  Id: 'key-policy',
  Statement: [
    {
      Sid: 'Administer',
      Effect: 'Allow',
      Principal: { AWS: principals },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
});

export const key: Kind = {
  type: 'aws_kms_key',
  weight: 2,
  attributes: (place) => ({
    id: guid(place),
    arn: arn('kms', place, `key/${guid(place)}`),
    key_id: guid(place),
    deletion_window_in_days: 30,
    description: `Data of ${name(place)}`,
    enable_key_rotation: true,
    is_enabled: true,
    key_usage: 'ENCRYPT_DECRYPT',
    multi_region: false,
    policy: JSON.stringify(keyPolicy([`arn:aws:iam::${place.account}:root`])),
    ...tagged(place),
  }),
  changes: {
    disableKey: (place, even) => ({
      service: 'kms',
      operation: even ? 'DisableKey' : 'DisableKeyRotation',
      request: { keyId: guid(place) },
      response: { keyId: arn('kms', place, `key/${guid(place)}`) },
      resources: [{ arn: arn('kms', place, `key/${guid(place)}`), type: 'AWS::KMS::Key' }],
    }),
    putKeyPolicy: (place) => ({
      service: 'kms',
      operation: 'PutKeyPolicy',
      request: {
        keyId: guid(place),
        policyName: 'default',
        policy: JSON.stringify(
          keyPolicy([`arn:aws:iam::${place.account}:root`, 'arn:aws:iam::999988887777:root']),
        ),
        bypassPolicyLockoutSafetyCheck: false,
      },
      response: { keyId: arn('kms', place, `key/${guid(place)}`) },
      resources: [{ arn: arn('kms', place, `key/${guid(place)}`), type: 'AWS::KMS::Key' }],
    }),
  },
};
