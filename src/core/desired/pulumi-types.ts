import type { FormatTables } from '../model/format-tables.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import { cloudFormationRow } from './cloudformation-types.ts';
import { snakeCase } from '../model/snake-case.ts';

export interface PulumiType {
  /** The Terraform type; the token where no rule leads to one. */
  readonly type: string;
  /** A value of `Provider`, otherwise Pulumi's package name. */
  readonly provider: string;
}

interface Package {
  readonly provider: string;
  /** The prefix of the Terraform types that the package wraps; absent for one that wraps none. */
  readonly prefix?: string;
  /** Modules whose name Terraform leaves out; `*` for all. */
  readonly bare?: readonly string[];
}

const PACKAGES: ReadonlyMap<string, Package> = new Map<string, Package>([
  ['aws', { provider: 'aws', prefix: 'aws', bare: ['ec2', 'alb', 'elb'] }],
  ['aws-native', { provider: 'aws' }],
  ['awsx', { provider: 'aws' }],
  ['gcp', { provider: 'gcp', prefix: 'google', bare: ['organizations', 'serviceaccount'] }],
  ['google-native', { provider: 'gcp' }],
  ['azure', { provider: 'azure', prefix: 'azurerm', bare: ['*'] }],
  ['azure-native', { provider: 'azure' }],
  ['azuread', { provider: 'azure', prefix: 'azuread', bare: ['*'] }],
  ['kubernetes', { provider: 'kubernetes' }],
]);

/** Reads a type token, `package:module/file:Member`, such as `aws:s3/bucket:Bucket`. */
export const pulumiType = (
  token: string,
  { pulumi, cloudFormation }: FormatTables,
  resourceTypes: ReadonlyMap<string, ResourceTypeTable>,
): PulumiType => {
  const [name = '', path = '', member = ''] = token.split(':');
  const known = PACKAGES.get(name) ?? { provider: name, prefix: name, bare: ['*'] };
  const { provider, prefix, bare = [] } = known;
  const row = Object.hasOwn(pulumi, token) ? pulumi[token] : undefined;
  if (row !== undefined) return { type: row, provider };
  if (name === 'aws-native') {
    const type = `AWS::${path}::${member}`;
    return { type: cloudFormationRow(type, cloudFormation)?.type ?? token, provider };
  }
  if (prefix === undefined || member === '') return { type: token, provider };
  const module = path.split('/')[0] ?? '';
  // Pulumi numbers what Terraform renamed in place: BucketV2, BucketAclV2.
  const thing = snakeCase(module === 's3' ? member.replace(/V2$/, '') : member);
  const moduleKey = `${name}:${module}/`;
  const start = Object.hasOwn(pulumi, moduleKey) ? pulumi[moduleKey] : undefined;
  if (start !== undefined) return { type: `${start}${thing}`, provider };
  const table = resourceTypes.get(provider) ?? {};
  const withModule = `${prefix}_${module}_${thing}`;
  // `random:index/randomPassword:RandomPassword` says its package twice.
  const without = thing.startsWith(`${prefix}_`) ? thing : `${prefix}_${thing}`;
  const preferred =
    module === '' || module === 'index' || bare.includes('*') || bare.includes(module)
      ? [without, withModule]
      : [withModule, without];
  const listed = preferred.find((type) => Object.hasOwn(table, type));
  return { type: listed ?? preferred[0] ?? token, provider };
};
