import type { IndexDocument } from '../../pipeline/ports.ts';
import type { OpenSearchTransport } from './transport.ts';

/** How the document that is there stands to the one that was to be created; `unknown`: it cannot be read now. */
export type Comparison = 'same' | 'other' | 'unknown';

interface StoredDocument {
  readonly found?: unknown;
  readonly _source?: { readonly raw_data_hash?: { readonly value?: unknown } };
}

const compare = (stored: StoredDocument | undefined, hash: string | undefined): Comparison => {
  if (stored?.found !== true) return 'unknown';
  return hash !== undefined && stored._source?.raw_data_hash?.value === hash ? 'same' : 'other';
};

/**
 * Reads the hash of stored documents by id, which also finds what no refresh has shown yet. A document without a
 * hash is not the same as any. One result a document, in order. Throws as the transport does.
 */
export const compareStoredHashes = async (
  transport: OpenSearchTransport,
  documents: readonly IndexDocument[],
  signal: AbortSignal,
): Promise<readonly Comparison[]> => {
  const body = JSON.stringify({
    docs: documents.map(({ index, id }) => ({ _index: index, _id: id })),
  });
  const answer = await transport.request(
    { method: 'POST', path: '/_mget', query: { _source: 'raw_data_hash.value' }, body },
    signal,
  );
  const { docs = [] } = (answer.body ?? {}) as { readonly docs?: readonly StoredDocument[] };
  const usable = answer.status === 200 && docs.length === documents.length;
  return documents.map(({ hash }, i) => (usable ? compare(docs[i], hash) : 'unknown'));
};
