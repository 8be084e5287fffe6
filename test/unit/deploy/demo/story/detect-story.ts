import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createMemoryIndex } from '../../../../../src/adapters/desired-store/memory-index.ts';
import { decodeRecord } from '../../../../../src/codec/decode-record.ts';
import type { DecodedRecord } from '../../../../../src/codec/decoded-record.ts';
import { readIgnoreRules } from '../../../../../src/config/ignore-rules-file.ts';
import { readProviderTables } from '../../../../../src/config/provider-tables.ts';
import { readState } from '../../../../support/read-state.ts';
import type { DesiredResource } from '../../../../../src/core/model/desired-resource.ts';
import type {
  DetectionContext,
  ProcessedEvent,
} from '../../../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../../../src/core/process-event.ts';
import { TRUSTED_PRINCIPALS } from '../../../../../deploy/demo/story/accounts.ts';

const FOLDER = 'deploy/demo/story';

const loaded = readProviderTables('config');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The desired resources of one of the story's states. */
export const storyState = (environment: 'prod' | 'staging'): readonly DesiredResource[] => {
  const result = readState(readFileSync(`${FOLDER}/${environment}.tfstate`), {
    source: `${environment}.tfstate`,
    environment,
    publishedTime: 0,
    resourceTypes: new Map(
      [...loaded.tables].map(([provider, { resourceTypes }]) => [provider, resourceTypes]),
    ),
    secretHash: sha256,
  });
  if (!result.ok) throw new Error(result.failure.message);
  return result.state.resources;
};

const context = (): DetectionContext => {
  const index = createMemoryIndex();
  for (const environment of ['prod', 'staging'] as const) {
    for (const resource of storyState(environment)) index.upsert(resource);
  }
  return {
    index,
    tables: loaded.tables,
    severity: loaded.severity,
    trustedPrincipals: TRUSTED_PRINCIPALS,
    ignoreRules: readIgnoreRules(`${FOLDER}/ignore-rules.json`),
    hash: sha256,
  };
};

/** What the pure core makes of a record, with the story's states, trust and rules; no service takes part. */
export const storyDetection = (): {
  readonly decode: (value: string) => DecodedRecord;
  readonly process: (value: string) => ProcessedEvent;
} => {
  const detection = context();
  const decode = (value: string): DecodedRecord => {
    const decoded = decodeRecord(Buffer.from(value));
    if (decoded instanceof Promise) throw new Error('JSON needs no schema.');
    return decoded;
  };
  return {
    decode,
    process: (value) => {
      const [event] = decode(value).events;
      if (event === undefined) throw new Error('The record holds no event.');
      return processEvent(event, detection);
    },
  };
};
