import type { IndexDocument } from '../../pipeline/ports.ts';
import { refusalDetail } from './access-error.ts';
import type { OpenSearchTransport } from './transport.ts';

/**
 * How the document that is there stands to the one that was to be created: of the same record, of the same record at
 * another place in Kafka, of another record; `unknown`: it cannot be read now.
 */
export type Comparison = 'same' | 'same_elsewhere' | 'other' | 'unknown';

interface StoredDocument {
  readonly error?: unknown;
  readonly found?: unknown;
  readonly _source?: {
    readonly raw_data_hash?: { readonly value?: unknown };
    readonly driftline?: Readonly<Record<string, unknown>>;
  };
}

const SOURCE_FIELDS = [
  'raw_data_hash.value',
  'driftline.topic',
  'driftline.partition',
  'driftline.offset',
].join(',');

const compare = (
  stored: StoredDocument | undefined,
  { hash, origin }: IndexDocument,
): Comparison => {
  if (stored?.found !== true) return 'unknown';
  const { raw_data_hash: found, driftline } = stored._source ?? {};
  if (hash === undefined || found?.value !== hash) return 'other';
  const isHere =
    origin === undefined ||
    driftline === undefined ||
    (driftline['topic'] === origin.topic &&
      driftline['partition'] === origin.partition &&
      String(driftline['offset']) === origin.offset);
  return isHere ? 'same' : 'same_elsewhere';
};

/**
 * Reads hash and origin of stored documents by id, which also finds what no refresh has shown yet. A document without a
 * hash is not the same as any. One comparison a document, in order; `refused` tells which privilege it lacks, if any.
 * Throws as the transport does.
 */
export const compareStoredHashes = async (
  transport: OpenSearchTransport,
  documents: readonly IndexDocument[],
  signal: AbortSignal,
): Promise<{
  readonly comparisons: readonly Comparison[];
  readonly refused: string | undefined;
}> => {
  const body = JSON.stringify({
    docs: documents.map(({ index, id }) => ({ _index: index, _id: id })),
  });
  const answer = await transport.request(
    { method: 'POST', path: '/_mget', query: { _source: SOURCE_FIELDS }, body },
    signal,
  );
  const { docs = [], error } = (answer.body ?? {}) as {
    readonly docs?: readonly StoredDocument[];
    readonly error?: unknown;
  };
  const usable = answer.status === 200 && docs.length === documents.length;
  return {
    comparisons: documents.map((document, i) => (usable ? compare(docs[i], document) : 'unknown')),
    refused: [error, ...docs.map((doc) => doc.error)].map(refusalDetail).find(Boolean),
  };
};
