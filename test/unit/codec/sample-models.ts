import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { DriftCandidate } from '../../../src/core/model/drift-candidate.ts';

/** Every field set. */
export const sampleResource: DesiredResource = {
  key: 'production/9f1c/module.edge.aws_security_group.web["a"]',
  scope: 'production/9f1c',
  address: 'module.edge.aws_security_group.web["a"]',
  type: 'aws_security_group',
  provider: 'aws',
  provider_source: 'registry.terraform.io/hashicorp/aws',
  module: 'module.edge',
  account: '111122223333',
  region: 'eu-central-1',
  identities: [
    'aws_security_group:sg-0a1b',
    'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-0a1b',
  ],
  attributes: { id: 'sg-0a1b', ingress: [{ from_port: 443 }], big: '9007199254740993', none: null },
  environment: 'production',
  repository: 'git@example.org:infra/edge.git',
  owner: 'team-edge',
  commit: '0f3c',
  source: 's3://states/edge.tfstate',
  lineage: '9f1c',
  serial: 41,
  tainted: false,
  published_time: 1_769_860_800_000,
};

/** Only what every resource has. */
export const bareResource: DesiredResource = {
  key: 'test/l/github_repository.docs',
  scope: 'test/l',
  address: 'github_repository.docs',
  type: 'github_repository',
  provider: 'github',
  identities: [],
  attributes: {},
  environment: 'test',
  source: 'docs.tfstate',
  published_time: 1_769_860_800_000,
};

/** Every field set. */
export const sampleCandidate: DriftCandidate = {
  candidate_id: 'c0ffee',
  event_id: 'aws:111122223333:4a5b',
  kind: 'changed',
  time: 1_769_860_800_000,
  service: 'ec2.amazonaws.com',
  operation: 'AuthorizeSecurityGroupIngress',
  resource: {
    key: sampleResource.key,
    type: 'aws_security_group',
    identity: 'aws_security_group:sg-0a1b',
    provider: 'aws',
    account: '111122223333',
    region: 'eu-central-1',
    address: sampleResource.address,
    module: 'module.edge',
    environment: 'production',
    repository: 'git@example.org:infra/edge.git',
    owner: 'team-edge',
    commit: '0f3c',
    source: 's3://states/edge.tfstate',
    scope: 'production/9f1c',
    serial: 41,
  },
  changes: [
    {
      path: 'ingress',
      action: 'add',
      observed: [{ from_port: 22, cidr_blocks: ['0.0.0.0/0'] }],
      desired: [],
      verdict: 'differs',
      peers: [
        { environment: 'staging', address: 'aws_security_group.web', value: [{ from_port: 22 }] },
        { environment: 'test', address: 'aws_security_group.web' },
      ],
    },
    { path: 'description', action: 'set', observed: null, verdict: 'not_in_desired' },
    { path: 'tags', action: 'set', verdict: 'unknown' },
  ],
  actor: {
    class: 'console',
    trusted: false,
    signals: ['console-session'],
    principal: 'arn:aws:iam::111122223333:role/Admin',
    name: 'kim@example.org',
  },
  session_uid: 'AROA:kim/ASIA',
  source_ip: '198.51.100.7',
  user_agent: 'Mozilla/5.0',
  severity: { level: 'high', id: 4, score: 72, reasons: ['open to everybody'] },
  attacks: [
    {
      version: '17.1',
      tactic: { uid: 'TA0005', name: 'Defense Evasion' },
      technique: { uid: 'T1562', name: 'Impair Defenses' },
      sub_technique: { uid: 'T1562.007', name: 'Disable or Modify Cloud Firewall' },
    },
    {
      version: '17.1',
      tactic: { uid: 'TA0040', name: 'Impact' },
      technique: { uid: 'T1485', name: 'Data Destruction' },
    },
  ],
  cause: 'outside_code',
  matched_by: 'table',
  ambiguous: ['module.edge.aws_security_group.web["b"]'],
  summary: 'kim@example.org changed ingress of a security group',
  change_set_id: 'set-1',
  change_set_adjacent_id: 'set-0',
};

/** Only what every candidate has. */
export const bareCandidate: DriftCandidate = {
  candidate_id: 'bare',
  event_id: 'aws::1',
  kind: 'unmanaged',
  time: 1_769_860_800_001,
  service: 's3.amazonaws.com',
  operation: 'CreateBucket',
  resource: {
    key: 'aws_s3_bucket:b',
    type: 'aws_s3_bucket',
    identity: 'aws_s3_bucket:b',
    provider: 'aws',
  },
  changes: [],
  actor: { class: 'unknown', trusted: false, signals: [] },
  severity: { level: 'low', id: 2, score: 12, reasons: [] },
  matched_by: 'stated',
  ambiguous: [],
  summary: 'Somebody created a bucket',
  change_set_id: 'set-2',
};
