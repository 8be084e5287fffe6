import { isJsonObject, scalarText } from '../../core/model/json.ts';
import { accessError } from './access-error.ts';
import type { OpenSearchAnswer, OpenSearchTransport } from './transport.ts';

/** A document as found: where it lies, its content, and the named clauses that found it. */
export interface FoundDocument {
  readonly index: string;
  readonly id: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly matched: readonly string[];
}

/** OpenSearch answered, and not with what was asked for. */
export class SearchError extends Error {
  readonly code: 'search_refused' | 'search_no_index' | 'search_timeout' | 'search_incomplete';
  readonly retriable: boolean;

  constructor(code: SearchError['code'], message: string) {
    super(message);
    this.name = 'SearchError';
    this.code = code;
    this.retriable = code === 'search_timeout' || code === 'search_incomplete';
  }
}

export interface Searches {
  readonly transport: OpenSearchTransport;
  /** Time that all searches together may take, in milliseconds; OpenSearch cancels the one that is under way then. */
  readonly timeoutMs: number;
  /** What is left of it. Default: all. */
  readonly leftMs?: (() => number) | undefined;
}

/** Documents of one page. */
const PAGE = 1_000;
/** A point in time lives so long from one page to the next. */
const KEEP_ALIVE = '2m';

const reasonOf = (body: unknown): string => {
  const error = isJsonObject(body) && isJsonObject(body.error) ? body.error : {};
  const [cause] = Array.isArray(error.root_cause) ? (error.root_cause as unknown[]) : [];
  const reason =
    isJsonObject(cause) && typeof cause.reason === 'string' ? cause.reason : error.reason;
  return typeof reason === 'string' ? `: ${reason.slice(0, 500)}` : '';
};

const refusal = (index: string, answer: OpenSearchAnswer): Error => {
  const { status, body } = answer;
  if (status === 404) {
    return new SearchError(
      'search_no_index',
      `OpenSearch has no index ${index}: nothing was written there yet, or opensearch.indexes names another one`,
    );
  }
  return (
    accessError(answer, `search ${index}`) ??
    new SearchError(
      'search_refused',
      `OpenSearch refused to search ${index} (${status})${reasonOf(body)}`,
    )
  );
};

/** A part of an answer would be a wrong answer. */
const whole = (
  index: string,
  answer: OpenSearchAnswer,
  timeoutMs: number,
): Readonly<Record<string, unknown>> => {
  const { status, body } = answer;
  if (isJsonObject(body) && body.timed_out === true) throw tooLong(index, timeoutMs);
  const text = isJsonObject(body) ? JSON.stringify(body.error ?? '') : '';
  if (text.includes('task_cancelled') || text.includes('TaskCancelled'))
    throw tooLong(index, timeoutMs);
  if (status !== 200 || !isJsonObject(body)) throw refusal(index, answer);
  const shards = isJsonObject(body._shards) ? body._shards : {};
  if (typeof shards.failed === 'number' && shards.failed > 0) {
    throw new SearchError(
      'search_incomplete',
      `${shards.failed} shards of ${index} did not answer; ask again`,
    );
  }
  return body;
};

const tooLong = (index: string, timeoutMs: number): SearchError =>
  new SearchError(
    'search_timeout',
    `The search of ${index} took longer than ${timeoutMs} ms: ask for less time (--since, --until), or raise --timeout`,
  );

/** Where no time is left the search is not begun. */
const limits = (
  { timeoutMs, leftMs = () => timeoutMs }: Searches,
  index: string,
): { readonly query: Readonly<Record<string, string>>; readonly timeout: string } => {
  const left = Math.floor(leftMs());
  if (left < 1) throw tooLong(index, timeoutMs);
  return {
    query: { cancel_after_time_interval: `${left}ms`, allow_partial_search_results: 'false' },
    timeout: `${left}ms`,
  };
};

/**
 * One search, whole or not at all. Throws SearchError, OpenSearchAccessError, NoAnswerError of the transport, or the signal's reason.
 * @param index alias or index, for the path and for messages
 */
export const searchOnce = async (
  searches: Searches,
  index: string,
  body: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> => {
  const { query, timeout } = limits(searches, index);
  const answer = await searches.transport.request(
    {
      method: 'POST',
      path: `/${encodeURIComponent(index)}/_search`,
      query,
      body: JSON.stringify({ ...body, timeout }),
    },
    signal,
  );
  return whole(index, answer, searches.timeoutMs);
};

interface Hit {
  readonly document: FoundDocument;
  readonly sort: readonly unknown[];
}

const hitsOf = (body: Readonly<Record<string, unknown>>): readonly Hit[] => {
  const hits = isJsonObject(body.hits) ? body.hits.hits : [];
  return (Array.isArray(hits) ? (hits as unknown[]) : []).flatMap((hit) =>
    isJsonObject(hit)
      ? [
          {
            document: {
              index: scalarText(hit._index) ?? '',
              id: scalarText(hit._id) ?? '',
              source: isJsonObject(hit._source) ? hit._source : {},
              matched: Array.isArray(hit.matched_queries)
                ? hit.matched_queries.map(String).toSorted()
                : [],
            },
            sort: Array.isArray(hit.sort) ? hit.sort : [],
          },
        ]
      : [],
  );
};

const openPointInTime = async (
  { transport }: Searches,
  index: string,
  signal?: AbortSignal,
): Promise<string> => {
  const answer = await transport.request(
    {
      method: 'POST',
      path: `/${encodeURIComponent(index)}/_search/point_in_time`,
      query: { keep_alive: KEEP_ALIVE },
    },
    signal,
  );
  const id = isJsonObject(answer.body) ? answer.body.pit_id : undefined;
  if (answer.status !== 200 || typeof id !== 'string') throw refusal(index, answer);
  return id;
};

/** Where that fails it ends by itself: what was found is none the worse. */
const closePointInTime = async ({ transport }: Searches, id: string): Promise<void> => {
  const body = JSON.stringify({ pit_id: [id] });
  await Promise.allSettled([
    transport.request({ method: 'DELETE', path: '/_search/point_in_time', body }),
  ]);
};

/** What one page asks for: so many documents, in an order, behind those that the last page ended with. */
export type PageBody = (
  size: number,
  after?: readonly unknown[],
) => Readonly<Record<string, unknown>> & { readonly sort: readonly unknown[] };

/**
 * Documents in order, at most `limit`, and whether there are more. What takes more than one page is read from a point
 * in time, so that what is written meanwhile neither doubles nor hides a document. Throws as `searchOnce`.
 */
export const searchList = async (
  searches: Searches,
  index: string,
  bodyOf: PageBody,
  limit: number,
  signal?: AbortSignal,
): Promise<{ readonly documents: readonly FoundDocument[]; readonly more: boolean }> => {
  if (limit < PAGE) {
    const hits = hitsOf(await searchOnce(searches, index, bodyOf(limit + 1), signal));
    return {
      documents: hits.slice(0, limit).map(({ document }) => document),
      more: hits.length > limit,
    };
  }
  // Tells documents of the same time apart; only a point in time has it.
  const pageOf = (after?: readonly unknown[]): ReturnType<PageBody> => {
    const body = bodyOf(PAGE, after);
    return { ...body, sort: [...body.sort, { _shard_doc: 'asc' }] };
  };
  const pit = await openPointInTime(searches, index, signal);
  try {
    const documents: FoundDocument[] = [];
    let after: readonly unknown[] | undefined;
    for (;;) {
      const { query, timeout } = limits(searches, index);
      const answer = await searches.transport.request(
        {
          method: 'POST',
          path: '/_search',
          query,
          body: JSON.stringify({
            ...pageOf(after),
            pit: { id: pit, keep_alive: KEEP_ALIVE },
            timeout,
          }),
        },
        signal,
      );
      const hits = hitsOf(whole(index, answer, searches.timeoutMs));
      for (const { document } of hits) {
        if (documents.length === limit) return { documents, more: true };
        documents.push(document);
      }
      after = hits.at(-1)?.sort;
      if (hits.length < PAGE || after === undefined) return { documents, more: false };
    }
  } finally {
    await closePointInTime(searches, pit);
  }
};
