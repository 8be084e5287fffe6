import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { identify } from '../../../../src/core/detect/identify.ts';
import type { AuditEvent } from '../../../../src/core/model/audit-event.ts';
import { isJsonObject, type JsonObject } from '../../../../src/core/model/json.ts';
import { operationKey } from '../../../../src/core/model/operation-key.ts';
import { cloudTrailEvent } from '../../../../src/core/normalize/cloudtrail.ts';
import { hasSharedData, sharedData } from '../../../support/shared-data.ts';

/** Operation, and the identity that a record of it states, written by reading the record. */
const STATED: readonly (readonly [string, string])[] = [
  ['bedrock:DeleteGuardrail', 'aws_bedrock_guardrail:cmy5azq5koeo'],
  ['cloudfront:UpdateDistribution', 'aws_cloudfront_distribution:E53370FUHBNLK'],
  ['cloudhsm:CreateCluster', 'aws_cloudhsm_v2_cluster:cluster-dqf7m6ithhc'],
  ['cloudtrail:DeleteTrail', 'aws_cloudtrail:stratus-red-team-cloudtraild-trail-kvrwohmiai'],
  ['cloudtrail:PutEventSelectors', 'aws_cloudtrail:stratus-red-team-ctes-trail-khlvciwdor'],
  ['ec2:AttachInternetGateway', 'aws_internet_gateway:igw-1'],
  ['ec2:AuthorizeSecurityGroupEgress', 'aws_security_group:sg-03eee825d6bb78f54'],
  ['ec2:CreateSecurityGroup', 'aws_security_group:sg-01234567890123456'],
  ['ec2:CreateTrafficMirrorFilter', 'aws_ec2_traffic_mirror_filter:tmf-010db9a7d8056cc2d'],
  ['ec2:CreateTrafficMirrorTarget', 'aws_ec2_traffic_mirror_target:tmt-0a45c694b91bcea54'],
  ['ec2:CreateVolume', 'aws_ebs_volume:vol-97c02b3e'],
  ['ec2:DeleteTrafficMirrorTarget', 'aws_ec2_traffic_mirror_target:tmt-0fd4b591901182794'],
  ['ec2:ModifyTrafficMirrorSession', 'aws_ec2_traffic_mirror_session:tms-05e1e21760419ecb6'],
  ['ec2:ModifySnapshotAttribute', 'aws_ebs_snapshot:snap-00000000000000000'],
  ['ec2:TerminateInstances', 'aws_instance:i-01234567890123456'],
  ['ecr:SetRepositoryPolicy', 'aws_ecr_repository:test'],
  ['elasticfilesystem:CreateMountTarget', 'aws_efs_mount_target:fsmt-0fcbb40c868d404e8'],
  ['glacier:SetVaultAccessPolicy', 'aws_glacier_vault:test'],
  ['iam:CreateUser', 'aws_iam_user:malicious-iam-user'],
  ['iam:CreateRole', 'aws_iam_role:stratus-red-team-malicious-iam-role'],
  ['iam:CreateAccessKey', 'aws_iam_access_key:AKIAL80DWDVKKM0UXEER'],
  ['iam:UpdateAssumeRolePolicy', 'aws_iam_role:stratus-red-team-backdoor-r-role'],
  ['kms:PutKeyPolicy', 'aws_kms_key:0000000-0000-0000-0000-0000000000000'],
  ['lambda:DeleteFunction', 'aws_lambda_function:basic-node-task'],
  ['rds:DeleteDBClusterSnapshot', 'aws_db_cluster_snapshot:aurora-cluster-backup-2024'],
  ['rds:FailoverDBCluster', 'aws_rds_cluster:aurora-cluster-prod'],
  ['rds:FailoverGlobalCluster', 'aws_rds_global_cluster:global-aurora-cluster'],
  ['rds:RebootDBCluster', 'aws_rds_cluster:aurora-cluster-prod'],
  ['rds:CreateDBInstanceReadReplica', 'aws_db_instance:replica-instance'],
  ['rds:CopyDBSnapshot', 'aws_db_snapshot_copy:prod-backup-2024-copy'],
  ['rds:CreateDBSnapshot', 'aws_db_snapshot:exfiltration'],
  ['rds:ModifyDBClusterSnapshotAttribute', 'aws_db_cluster_snapshot:mysnapshot'],
  ['rds:StartDBInstance', 'aws_db_instance:dev-database'],
  [
    'route53resolver:DeleteResolverQueryLogConfig',
    'aws_route53_resolver_query_log_config:rqlc-4473f20ca554c07',
  ],
  ['s3:CreateBucket', 'aws_s3_bucket:custodian-create-bucket-v4'],
  ['s3:PutBucketEncryption', 'aws_s3_bucket:sensitive-data-bucket'],
  ['s3:PutBucketReplication', 'aws_s3_bucket:production-backup-bucket'],
  [
    'securityhub:CreateInsight',
    'arn:aws:securityhub:us-west-2:0123456789010:insight/custom/f4c4890b-ac6b-4c26-95f9-e62cc46f3055',
  ],
  ['sns:SetTopicAttributes', 'arn:aws:sns:us-east-1:123456789123:test'],
  ['sqs:SetQueueAttributes', 'aws_sqs_queue:https://sqs.us-east-1.amazonaws.com/123456789123/tmp'],
];

const recordsIn = (name: string): readonly JsonObject[] =>
  readFileSync(sharedData(`events/${name}`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject)
    .map((value) => (isJsonObject(value['detail']) ? value['detail'] : value));

const events = (): readonly AuditEvent[] =>
  readdirSync(sharedData('events'))
    .filter((name) => name.endsWith('cloudtrail.ndjson'))
    .flatMap(recordsIn)
    .map((record) => cloudTrailEvent(record, Buffer.from(JSON.stringify(record))))
    .filter((event): event is AuditEvent => 'operation' in event);

if (!hasSharedData) console.warn('Skipped: identities in real records, shared data is not there.');

describe.runIf(hasSharedData)('the AWS tables, on real records', () => {
  const tables = readProviderTables('config').tables.get('aws');
  const found = new Map<string, Set<string>>();
  for (const event of hasSharedData && tables !== undefined ? events() : []) {
    if (tables === undefined) continue;
    const index = { lookup: () => [], covers: () => true, size: 0 };
    const key = operationKey(event, tables.serviceSuffix);
    const { resources } = identify(event, tables, index);
    const known = found.get(key) ?? new Set();
    for (const { identity } of resources) known.add(identity);
    found.set(key, known);
  }

  it.each(STATED)('find what a record of %s names', (operation, identity) => {
    expect([...(found.get(operation) ?? [])]).toContain(identity);
  });
});
