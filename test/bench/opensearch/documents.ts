import { auditDocument } from '../../../src/codec/audit-document.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { detectionOverStates } from '../../support/detection-context.ts';
import { speedCorpus } from '../detection/speed-corpus.ts';

/** As in an account that is busy: most acts are reads, and code owns what half of the others touch. */
const MIX = { resources: 2_000, mutating: 0.3, owned: 0.5 };

export interface BenchDocument {
  readonly id: string;
  readonly body: Buffer;
}

/** Documents of audit events as a worker writes them: real CloudTrail records, ids varied. */
export const benchDocuments = async (count: number): Promise<readonly BenchDocument[]> => {
  const { records, states } = speedCorpus({ ...MIX, records: count });
  const context = detectionOverStates(states);
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
