import { hash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createMemoryIndex } from '../../../src/adapters/desired-store/memory-index.ts';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { readProviderTables } from '../../../src/config/provider-tables.ts';
import type { DetectionContext } from '../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { readState } from '../../support/read-state.ts';
import { speedCorpus } from '../detection/speed-corpus.ts';

const CONFIG = fileURLToPath(new URL('../../../config', import.meta.url));

/** As in an account that is busy: most acts are reads, and code owns what half of the others touch. */
const MIX = { resources: 2_000, mutating: 0.3, owned: 0.5 };

export interface BenchDocument {
  readonly id: string;
  readonly body: Buffer;
}

const detection = (states: readonly string[]): DetectionContext => {
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
    trustedPrincipals: [],
    ignoreRules: [],
    hash: (text) => hash('sha256', text),
  };
};

/** Documents of audit events as a worker writes them: real CloudTrail records, ids varied. */
export const benchDocuments = async (count: number): Promise<readonly BenchDocument[]> => {
  const { records, states } = speedCorpus({ ...MIX, records: count });
  const context = detection(states);
  const documents = new Map<string, BenchDocument>();
  for (const [offset, record] of records.entries()) {
    const { events } = await decodeRecord(Buffer.from(record));
    for (const event of events) {
      const origin = { topic: 'audit.events', partition: offset % 12, offset: String(offset) };
      const { id, body } = auditDocument(processEvent(event, context), origin);
      documents.set(id, { id, body });
    }
  }
  return [...documents.values()];
};
