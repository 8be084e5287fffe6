import type { DesiredResource } from '../../src/core/model/desired-resource.ts';

/** A desired resource that differs from others by its number and its version. */
export const sampleResource = (number: number, version = 1): DesiredResource => ({
  key: `prod/l-1/aws_vpc.v${number}`,
  scope: 'prod/l-1',
  address: `aws_vpc.v${number}`,
  type: 'aws_vpc',
  provider: 'aws',
  account: String(111_111_111_000 + (number % 7)),
  region: 'eu-west-1',
  identities: [`id:vpc-${number}`, `arn:aws:ec2:vpc/${number}/${version % 3}`, 'id:shared'].slice(
    0,
    number % 50 === 0 ? 3 : 2,
  ),
  attributes: { cidr_block: `10.0.${version}.0/24`, tags: { Name: 'x'.repeat(number % 300) } },
  environment: 'prod',
  source: 'a.tfstate',
  lineage: 'l-1',
  serial: version,
  published_time: 1_760_000_000_000,
});
