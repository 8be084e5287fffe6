import { createHash } from 'node:crypto';
import { createMemoryIndex } from '../../src/adapters/desired-store/memory-index.ts';
import { decodeRecord } from '../../src/codec/decode-record.ts';
import type { DecodedRecord } from '../../src/codec/decoded-record.ts';
import { readProviderTables } from '../../src/config/provider-tables.ts';
import { identitiesOf } from '../../src/core/desired/identities.ts';
import { ownScope } from '../../src/core/desired/resource-scope.ts';
import type { DesiredResource } from '../../src/core/model/desired-resource.ts';
import type { DriftCandidate } from '../../src/core/model/drift-candidate.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import type { DetectionContext, ProcessedEvent } from '../../src/core/model/processed-event.ts';
import { processEvent } from '../../src/core/process-event.ts';

const loaded = readProviderTables('config');

/** A desired resource with the identities and scope that publishing a state gives it. */
export const ownedBy = (
  provider: 'azure' | 'gcp',
  type: string,
  attributes: JsonObject,
): DesiredResource => {
  const { account, region } = ownScope({ provider, type }, attributes);
  return {
    key: `prod/${type}.${JSON.stringify(attributes['id'])}`,
    scope: 'prod',
    address: `${type}.this`,
    type,
    provider,
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    identities: identitiesOf({ type, attributes }, loaded.resourceTypes.get(provider) ?? {}),
    attributes,
    environment: 'prod',
    source: 'prod.tfstate',
    published_time: 0,
  };
};

/** Detection with the shipped tables over these desired resources. */
export const contextOver = (
  resources: readonly DesiredResource[],
  trustedPrincipals: readonly string[] = [],
): DetectionContext => {
  const index = createMemoryIndex();
  for (const resource of resources) index.upsert(resource);
  return {
    index,
    tables: loaded.tables,
    severity: loaded.severity,
    attacks: loaded.attacks,
    trustedPrincipals,
    ignoreRules: [],
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  };
};

export const decoded = (value: Buffer): DecodedRecord => {
  const found = decodeRecord(value);
  if (found instanceof Promise) throw new Error('Expected an answer without waiting.');
  return found;
};

/** What becomes of one record that holds one event. */
export const processed = (record: object, context: DetectionContext): ProcessedEvent => {
  const { events, failures } = decoded(Buffer.from(JSON.stringify(record)));
  const [event] = events;
  if (event === undefined) throw new Error(failures[0]?.message);
  return processEvent(event, context);
};

/** Path, action and verdict of each change. */
export const verdictsOf = (candidate: DriftCandidate | undefined): readonly (readonly string[])[] =>
  (candidate?.changes ?? []).map(({ path, action, verdict }) => [path, action, verdict]);
