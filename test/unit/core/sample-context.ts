import { createHash } from 'node:crypto';
import type { DesiredIndex, DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { DetectionContext } from '../../../src/core/model/processed-event.ts';
import type { OperationTable } from '../../../src/core/model/provider-tables.ts';
import { readProviderTables } from '../../../src/config/provider-tables.ts';

const loaded = readProviderTables('config');

/** A desired resource in account 210987654321, with the identity `<type>:<id>`. */
export const desired = (
  type: string,
  id: string,
  fields: Partial<DesiredResource> = {},
): DesiredResource => {
  const address = fields.address ?? `${type}.this`;
  return {
    key: `prod/lineage-1/${address}`,
    scope: 'prod/lineage-1',
    address,
    type,
    provider: 'aws',
    account: '210987654321',
    region: 'eu-central-1',
    identities: [`${type}:${id}`],
    attributes: { id },
    environment: 'prod',
    source: 'prod.tfstate',
    published_time: 0,
    ...fields,
  };
};

const indexOf = (resources: readonly DesiredResource[]): DesiredIndex => ({
  lookup: (identity) => resources.filter((each) => each.identities.includes(identity)),
  covers: (provider, account) =>
    resources.some((each) => each.provider === provider && each.account === account),
  size: resources.length,
});

/** The shipped tables of AWS with these rows over them. */
export const withRows = (rows: OperationTable['rows']): DetectionContext['tables'] => {
  const aws = loaded.tables.get('aws');
  if (aws === undefined) throw new Error('config/providers/aws is missing.');
  const operations = { ...aws.operations, rows: { ...aws.operations.rows, ...rows } };
  return new Map([['aws', { ...aws, operations }]]);
};

export const contextOf = (
  resources: readonly DesiredResource[],
  fields: Partial<DetectionContext> = {},
): DetectionContext => ({
  index: indexOf(resources),
  tables: loaded.tables,
  severity: loaded.severity,
  attacks: loaded.attacks,
  trustedPrincipals: ['arn:aws:iam::*:role/ci/*'],
  ignoreRules: [],
  hash: (text) => createHash('sha256').update(text).digest('hex'),
  ...fields,
});
