import type { JsonObject } from '../core/model/json.ts';
import type { ListSearch } from './list-search.ts';
import type { SearchedIndex } from './question.ts';

/** A document as found. */
export interface FoundDocument {
  readonly index: string;
  readonly id: string;
  readonly source: JsonObject;
  /** Names of the clauses that found it. */
  readonly matched: readonly string[];
}

/** Searches on one deployment, each within the limits that the command was given. */
export interface Search {
  readonly list: (
    search: ListSearch,
  ) => Promise<{ readonly documents: readonly FoundDocument[]; readonly more: boolean }>;
  /** One search for numbers; the answer as it came. */
  readonly once: (index: SearchedIndex, body: JsonObject) => Promise<JsonObject>;
  /** As `once`; undefined where the index is not there. */
  readonly ifThere: (index: SearchedIndex, body: JsonObject) => Promise<JsonObject | undefined>;
}

/** Connects to OpenSearch, and closes the connection when the work is done; its searches together may take so long. */
export type WithSearch = <T>(timeoutMs: number, work: (search: Search) => Promise<T>) => Promise<T>;
