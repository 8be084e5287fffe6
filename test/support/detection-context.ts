import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createMemoryIndex } from '../../src/adapters/desired-store/memory-index.ts';
import { readEnvironmentRules } from '../../src/config/environment-rules-file.ts';
import { readProviderTables } from '../../src/config/provider-tables.ts';
import type { DetectionContext } from '../../src/core/model/processed-event.ts';
import { readState } from './read-state.ts';

const CONFIG = fileURLToPath(new URL('../../config', import.meta.url));

/** Detection as a worker has it, with the shipped tables, over these Terraform states held in memory. */
export const detectionOverStates = (
  states: readonly string[],
  trustedPrincipals: readonly string[] = [],
): DetectionContext => {
  const { tables, severity, attacks, resourceTypes } = readProviderTables(CONFIG);
  const index = createMemoryIndex();
  for (const state of states) {
    const read = readState(state, {
      source: 'bench',
      environment: 'bench',
      publishedTime: 0,
      resourceTypes,
    });
    if (!read.ok) throw new Error(read.failure.message);
    for (const resource of read.state.resources) index.upsert(resource);
  }
  return {
    index,
    tables,
    severity,
    attacks,
    trustedPrincipals,
    ignoreRules: [],
    hash: (text) => hash('sha256', text),
    environments: readEnvironmentRules(CONFIG, undefined),
  };
};
