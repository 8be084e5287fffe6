import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';

const TYPES = [
  'aws_instance',
  'aws_security_group',
  'aws_s3_bucket',
  'aws_iam_role',
  'aws_db_instance',
];
const ACCOUNTS = 40;

const accountOf = (n: number): string => String(100_000_000_000 + (n % ACCOUNTS));
const nameOf = (n: number): string => (n * 2_654_435_761).toString(16).padStart(17, '0');

const arnOf = (n: number): string =>
  `arn:aws:ec2:eu-west-1:${accountOf(n)}:instance/i-${nameOf(n)}`;

/** Identities that audit events name a resource by. */
export const identityOf = (n: number, kind: number): string =>
  kind === 0
    ? arnOf(n)
    : kind === 1
      ? `id:i-${nameOf(n)}`
      : `${TYPES[n % TYPES.length]!}:${accountOf(n)}/i-${nameOf(n)}`;

/** An identity of the same shape that no resource has. */
export const unknownIdentity = (n: number): string => `id:vpc-${nameOf(n)}`;

/** A desired resource of about 0.6 KB as Avro. */
export const resourceOf = (n: number): DesiredResource => {
  const type = TYPES[n % TYPES.length]!;
  const address = `module.service_${n % 500}.${type}.node["${n}"]`;
  return {
    key: `prod/7d1f0c8e-${n % 64}/${address}`,
    scope: `prod/7d1f0c8e-${n % 64}`,
    address,
    type,
    provider: 'aws',
    provider_source: 'registry.terraform.io/hashicorp/aws',
    module: `module.service_${n % 500}`,
    account: accountOf(n),
    region: 'eu-west-1',
    identities: [identityOf(n, 0), identityOf(n, 1), identityOf(n, 2)],
    environment: 'prod',
    owner: `team-${n % 30}`,
    source: `s3://states/prod/service-${n % 500}.tfstate`,
    lineage: `7d1f0c8e-${n % 64}`,
    serial: 41,
    published_time: 1_760_000_000_000,
    attributes: {
      ami: `ami-${nameOf(n % 97)}`,
      instance_type: 'm6i.large',
      monitoring: true,
      tags: { Name: `node-${n}`, environment: 'prod', service: `service-${n % 500}` },
      vpc_security_group_ids: [`sg-${nameOf(n % 1_009)}`],
    },
  };
};
