import type { IndexDocument } from '../../pipeline/ports.ts';
import { refusalDetail } from './access-error.ts';
import { isPassing, requestCause } from './bulk-outcome.ts';
import { NoAnswerError, type OpenSearchAnswer, type OpenSearchTransport } from './transport.ts';

/**
 * How the document that is there stands to the one that was to be created: of the same record, of the same record at
 * another place in Kafka, of another record; `unknown`: it cannot be read now.
 */
type Comparison = 'same' | 'same_elsewhere' | 'other' | 'unknown';

/** Why documents are `unknown`. */
interface ComparisonFault {
  /** `mget_…`: the whole request failed; `stored_document_unreadable`, `stored_document_gone`: some of its documents. */
  readonly cause: string;
  readonly detail?: string | undefined;
  /** Somebody has to act. */
  readonly blocked: boolean;
}

export interface StoredComparisons {
  /** One a document, in order. */
  readonly comparisons: readonly Comparison[];
  /** There where one of them is `unknown`. */
  readonly fault?: ComparisonFault;
}

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

/** The fault of a whole request. */
const answerFault = (answer: OpenSearchAnswer): ComparisonFault => {
  if (answer.status === 200) return { cause: 'mget_answer_with_other_count', blocked: false };
  const { error } = (answer.body ?? {}) as { readonly error?: unknown };
  return {
    cause: `mget_${requestCause(answer)}`,
    detail: refusalDetail(error),
    blocked: !isPassing(answer.status),
  };
};

/** The fault of those documents of an answer that were not compared. */
const documentFault = (unknown: readonly StoredDocument[]): ComparisonFault => {
  const detail = unknown.map(({ error }) => refusalDetail(error)).find(Boolean);
  const isGone = unknown.every(({ found, error }) => found === false && error === undefined);
  return {
    cause: isGone ? 'stored_document_gone' : 'stored_document_unreadable',
    detail,
    blocked: detail !== undefined,
  };
};

const ask = async (
  transport: OpenSearchTransport,
  documents: readonly IndexDocument[],
  signal: AbortSignal,
): Promise<OpenSearchAnswer | NoAnswerError> => {
  const body = JSON.stringify({
    docs: documents.map(({ index, id }) => ({ _index: index, _id: id })),
  });
  try {
    return await transport.request(
      { method: 'POST', path: '/_mget', query: { _source: SOURCE_FIELDS }, body },
      signal,
    );
  } catch (error) {
    if (error instanceof NoAnswerError) return error;
    throw error;
  }
};

/**
 * Reads hash and origin of stored documents by id, which also finds what no refresh has shown yet. A document without a
 * hash is not the same as any. Throws the signal's reason when it is aborted.
 */
export const compareStoredHashes = async (
  transport: OpenSearchTransport,
  documents: readonly IndexDocument[],
  signal: AbortSignal,
): Promise<StoredComparisons> => {
  const answer = await ask(transport, documents, signal);
  const none = documents.map((): Comparison => 'unknown');
  if (answer instanceof NoAnswerError) {
    const { code, message, needsAction } = answer;
    const fault = { cause: `mget_${code}`, detail: message, blocked: needsAction };
    return { comparisons: none, fault };
  }
  const { docs = [] } = (answer.body ?? {}) as { readonly docs?: readonly StoredDocument[] };
  if (answer.status !== 200 || docs.length !== documents.length) {
    return { comparisons: none, fault: answerFault(answer) };
  }
  const comparisons = documents.map((document, i) => compare(docs[i], document));
  const unknown = docs.filter((_, i) => comparisons[i] === 'unknown');
  return unknown.length === 0 ? { comparisons } : { comparisons, fault: documentFault(unknown) };
};
