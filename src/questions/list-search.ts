import type { JsonObject, JsonValue } from '../core/model/json.ts';
import type { Clause } from './clause.ts';
import type { SearchedIndex } from './question.ts';

/** A search for documents by time, which can be read in pages. */
export interface ListSearch {
  readonly index: SearchedIndex;
  readonly where: readonly Clause[];
  readonly order: 'newest' | 'oldest';
  /** Most documents. */
  readonly limit: number;
  /** With the record itself (`raw`), which is large. Default: without. */
  readonly withRaw?: boolean | undefined;
}

const TIME_FIELDS: Readonly<Record<SearchedIndex, string>> = {
  auditEvents: 'time',
  driftCandidates: 'time',
  desiredState: 'published_time',
};

/** The body of one page. */
export const listBody = (
  { index, where, order, withRaw = false }: ListSearch,
  size: number,
  after?: readonly JsonValue[],
): JsonObject & { readonly sort: readonly JsonValue[] } => ({
  size,
  query: { bool: { filter: where } },
  sort: [{ [TIME_FIELDS[index]]: { order: order === 'newest' ? 'desc' : 'asc' } }],
  ...(withRaw ? {} : { _source: { excludes: ['raw', 'raw_data', 'attributes_data'] } }),
  ...(after === undefined ? {} : { search_after: after }),
  track_total_hits: false,
});
