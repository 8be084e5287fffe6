import type { JsonValue } from '../../../../src/core/model/json.ts';
import type { ResourceTypeTable } from '../../../../src/core/model/provider-tables.ts';
import type { StateContext } from '../../../../src/core/desired/desired-state.ts';
import { readState, type HeldState } from '../../../support/read-state.ts';

export const AWS = 'provider["registry.terraform.io/hashicorp/aws"]';

export const stateText = (resources: readonly JsonValue[], change: object = {}): string =>
  JSON.stringify({ version: 4, serial: 7, lineage: 'l-1', outputs: {}, resources, ...change });

export const managed = (change: { readonly [key: string]: JsonValue } = {}): JsonValue => ({
  mode: 'managed',
  type: 'aws_vpc',
  name: 'main',
  provider: AWS,
  instances: [{ attributes: { id: 'vpc-0a1b2c3d' } }],
  ...change,
});

export const context = (table: ResourceTypeTable = {}): StateContext => ({
  source: 'a.tfstate',
  environment: 'prod',
  publishedTime: 5,
  resourceTypes: new Map([['aws', table]]),
  secretHash: (text) => `h${text.length}`,
});

export const read = (resources: readonly JsonValue[], table?: ResourceTypeTable): HeldState => {
  const result = readState(stateText(resources), context(table));
  if (!result.ok) throw new Error(`${result.failure.position ?? ''} ${result.failure.message}`);
  return result.state;
};
