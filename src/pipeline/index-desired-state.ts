import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type {
  DocumentWriter,
  IndexDocument,
  InputBatch,
  InputRecord,
  UnitCommitter,
  UnitScope,
} from './ports.ts';
import { withPatience, type Patience } from './retry.ts';

export interface DesiredIndexSteps {
  /** A promise only where a schema must be fetched; rejects where the surroundings fail, never for the record. */
  readonly decode: (
    value: Buffer,
  ) => DesiredResource | RecordFailure | Promise<DesiredResource | RecordFailure>;
  readonly document: (resource: DesiredResource, record: InputRecord) => IndexDocument;
  /** What takes the document of a key away, unless a newer one is there. */
  readonly removal: (key: string, record: InputRecord) => IndexDocument;
  readonly writer: DocumentWriter;
  readonly telemetry: Telemetry;
  /** With what `decode` has to ask for. */
  readonly patience: Patience;
}

const PART_DOCUMENTS = 1_000;
const PART_BYTES = 4 * 1024 * 1024;

const documentOf = async (
  steps: DesiredIndexSteps,
  record: InputRecord,
  signal: AbortSignal,
): Promise<IndexDocument | string> => {
  const key = record.key?.toString();
  if (key === undefined) return 'The record has no key.';
  const { value } = record;
  if (value === null) return steps.removal(key, record);
  const look = (): ReturnType<DesiredIndexSteps['decode']> => steps.decode(value);
  const begun = look();
  const decoded =
    begun instanceof Promise ? await withPatience(begun, look, signal, steps.patience) : begun;
  if (!('key' in decoded)) return decoded.message;
  return decoded.key === key
    ? steps.document(decoded, record)
    : 'The resource has another key than the record.';
};

const writePart = async (
  steps: DesiredIndexSteps,
  part: readonly { readonly record: InputRecord; readonly document: IndexDocument }[],
  scope: UnitScope,
): Promise<void> => {
  if (part.length === 0) return;
  const results = await steps.writer.write(
    part.map(({ document }) => document),
    scope,
  );
  for (const [i, result] of results.entries()) {
    const record = part[i]?.record;
    if (result.status === 'rejected' && record !== undefined) tell(steps, record, result.message);
  }
};

const tell = (
  { telemetry }: DesiredIndexSteps,
  { topic, partition, offset }: InputRecord,
  message: string,
): void => telemetry.emit({ type: 'desired-state.unindexed', topic, partition, offset, message });

/**
 * Writes the documents of one batch of desired resources, takes away those of tombstones, and commits the batch. The
 * offset is the version: a repeated or older record changes nothing. What cannot be decoded or indexed is told and
 * passed over; the document that was there stays.
 */
export const indexDesiredUnit = async (
  steps: DesiredIndexSteps,
  batch: InputBatch,
  scope: UnitScope,
  committer: UnitCommitter,
): Promise<void> => {
  let part: { record: InputRecord; document: IndexDocument }[] = [];
  let bytes = 0;
  for (const record of batch.records) {
    scope.signal.throwIfAborted();
    const document = await documentOf(steps, record, scope.signal);
    if (typeof document === 'string') {
      tell(steps, record, document);
      continue;
    }
    part.push({ record, document });
    bytes += document.body.length;
    if (part.length < PART_DOCUMENTS && bytes < PART_BYTES) continue;
    await writePart(steps, part, scope);
    part = [];
    bytes = 0;
  }
  await writePart(steps, part, scope);
  await committer.commit(batch, [], scope);
};
