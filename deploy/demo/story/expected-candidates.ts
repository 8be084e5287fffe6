import type {
  ActorClass,
  CandidateKind,
  ChangeVerdict,
  Severity,
} from '../../../src/core/model/drift-candidate.ts';

/** What one of the key events must come to. Worked out from the event and the state, never from the program's output. */
export interface ExpectedCandidate {
  /** Name of the file in story/events. */
  readonly file: string;
  readonly kind: CandidateKind;
  /** Absent: code does not own the resource. */
  readonly address?: string;
  readonly environment?: 'prod' | 'staging';
  readonly actorClass: ActorClass;
  readonly trusted: boolean;
  /** By config/severity.json; the reckoning is beside it. */
  readonly severity: Severity;
  /** Each attribute that the act must be seen to set, as `path verdict`. */
  readonly changes: readonly `${string} ${ChangeVerdict}`[];
}

export const EXPECTED_CANDIDATES: readonly ExpectedCandidate[] = [
  {
    file: '01-opened-ssh-to-everyone',
    kind: 'changed',
    address: 'module.web.aws_security_group.web',
    environment: 'prod',
    actorClass: 'console',
    trusted: false,
    // 20 changed + 5 type + 25 ingress + 30 open to everybody + 5 console + 20 prod
    severity: 'critical',
    changes: ['ingress not_in_desired'],
  },
  {
    file: '02-sent-ssh-key',
    kind: 'changed',
    address: 'module.web.aws_instance.search',
    environment: 'prod',
    actorClass: 'console',
    trusted: false,
    // 20 changed + 5 console + 20 prod
    severity: 'medium',
    changes: [],
  },
  {
    file: '03-attached-admin-policy',
    kind: 'changed',
    address: 'module.reports.aws_iam_role.report',
    environment: 'prod',
    actorClass: 'cli_sdk',
    trusted: false,
    // 20 changed + 15 type + 30 what an identity may do + 5 cli + 20 prod
    severity: 'critical',
    changes: ['managed_policy_arns not_in_desired'],
  },
  {
    file: '04-raised-database-class',
    kind: 'changed',
    address: 'module.data.aws_db_instance.orders',
    environment: 'prod',
    actorClass: 'console',
    trusted: false,
    // 20 changed + 10 type + 5 console + 20 prod
    severity: 'medium',
    changes: ['instance_class differs'],
  },
  {
    file: '05-deleted-alarm',
    kind: 'deleted',
    address: 'module.monitoring.aws_cloudwatch_metric_alarm.orders_cpu',
    environment: 'prod',
    actorClass: 'console',
    trusted: false,
    // 40 deleted + 5 console + 20 prod
    severity: 'high',
    changes: [],
  },
  {
    file: '06-created-bucket-by-hand',
    kind: 'unmanaged',
    actorClass: 'console',
    trusted: false,
    // 20 unmanaged + 5 console
    severity: 'low',
    changes: [],
  },
  {
    file: '08-put-database-class-back',
    kind: 'restored',
    address: 'module.data.aws_db_instance.orders',
    environment: 'prod',
    actorClass: 'console',
    trusted: false,
    // 5 restored
    severity: 'informational',
    changes: ['instance_class equals_desired'],
  },
  {
    file: '09-resized-staging-instance',
    kind: 'changed',
    address: 'module.web.aws_instance.search',
    environment: 'staging',
    actorClass: 'console',
    trusted: false,
    // 20 changed + 5 console + 5 staging
    severity: 'low',
    changes: ['instance_type differs'],
  },
  {
    file: '10-pipeline-role-from-a-laptop',
    kind: 'changed',
    address: 'module.reports.aws_lambda_function.report',
    environment: 'prod',
    actorClass: 'cli_sdk',
    trusted: true,
    // 20 changed + 15 what the function runs + 5 cli + 20 prod
    severity: 'high',
    changes: ['memory_size differs'],
  },
  {
    file: '11-terraform-with-old-keys',
    kind: 'changed',
    address: 'module.web.aws_s3_bucket_public_access_block.media',
    environment: 'prod',
    actorClass: 'iac_pipeline',
    trusted: false,
    // 20 changed + 15 type + 35 the block on public access + 25 untrusted IaC tool + 20 prod
    severity: 'critical',
    changes: [
      'block_public_acls differs',
      'block_public_policy differs',
      'ignore_public_acls differs',
      'restrict_public_buckets differs',
    ],
  },
];

/** Passwords in the states, which must be found nowhere afterwards. */
export const SECRETS: readonly string[] = [
  'Quartz-Heron-7-Lantern-Orchard',
  'Pebble-Willow-3-Copper-Meadow',
];
