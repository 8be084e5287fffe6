import { describe, expect, it } from 'vitest';
import {
  cloudTrailName,
  operationWords,
  singular,
  snakeCase,
} from '../../../../scripts/tables/names.ts';

describe('snakeCase', () => {
  it.each([
    ['DBInstanceIdentifier', 'db_instance_identifier'],
    ['VPCId', 'vpc_id'],
    ['KMSKeyArn', 'kms_key_arn'],
    ['WebACLs', 'web_acls'],
    ['ipv6CidrBlock', 'ipv6_cidr_block'],
    ['IPv6Cidr', 'ipv6_cidr'],
    ['OAuthScopes', 'oauth_scopes'],
    ['S3BucketName', 's3_bucket_name'],
    ['restApiId', 'rest_api_id'],
    ['x509Certificate', 'x509_certificate'],
  ])('spells %s as Terraform does', (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });
});

describe('singular', () => {
  it.each([
    ['security_groups', 'security_group'],
    ['policies', 'policy'],
    ['addresses', 'address'],
    ['alias', 'alias'],
    ['status', 'status'],
    ['access', 'access'],
    ['analysis', 'analysis'],
    ['Indexes', 'Index'],
  ])('makes one of %s', (name, expected) => {
    expect(singular(name)).toBe(expected);
  });
});

describe('cloudTrailName', () => {
  it.each([
    ['DBInstanceIdentifier', 'dBInstanceIdentifier'],
    ['ARN', 'aRN'],
    ['FunctionName', 'functionName'],
    ['clusterName', 'clusterName'],
  ])('writes %s as records do', (name, expected) => {
    expect(cloudTrailName(name)).toBe(expected);
  });
});

describe('operationWords', () => {
  it.each([
    ['CreateDBInstance', 'Create', 'DBInstance'],
    ['BatchDeleteImage', 'BatchDelete', 'Image'],
    ['AdminCreateUser', 'AdminCreate', 'User'],
    ['PutMetricAlarm', 'Put', 'MetricAlarm'],
    ['Publish', 'Publish', ''],
  ])('parts %s', (operation, verb, noun) => {
    expect(operationWords(operation)).toEqual({ verb, noun });
  });
});
