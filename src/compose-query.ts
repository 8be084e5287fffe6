import {
  SearchError,
  searchList,
  searchOnce,
  type Searches,
} from './adapters/opensearch/search.ts';
import { openSearch } from './compose-parts.ts';
import type { Config } from './config/schema.ts';
import type { JsonObject, JsonValue } from './core/model/json.ts';
import { listBody } from './questions/list-search.ts';
import type { Search, WithSearch } from './questions/search.ts';

const searchesOn = (
  searches: Searches,
  indexes: Config['opensearch']['indexes'],
  signal: AbortSignal,
): Search => {
  const once: Search['once'] = async (index, body) =>
    (await searchOnce(searches, indexes[index], body, signal)) as JsonObject;
  return {
    once,
    ifThere: async (index, body) => {
      try {
        return await once(index, body);
      } catch (error) {
        if (error instanceof SearchError && error.code === 'search_no_index') return undefined;
        throw error;
      }
    },
    list: async (search) => {
      const { documents, more } = await searchList(
        searches,
        indexes[search.index],
        (size, after) => listBody(search, size, after as readonly JsonValue[] | undefined),
        search.limit,
        signal,
      );
      return {
        documents: documents.map((each) => ({ ...each, source: each.source as JsonObject })),
        more,
      };
    },
  };
};

/**
 * Searches on the deployment of the configuration, which is read when first needed.
 * @param monotonic milliseconds since any moment
 */
export const composeQuery =
  (config: () => Config, signal: AbortSignal, monotonic: () => number): WithSearch =>
  async (timeoutMs, work) => {
    const { opensearch } = config();
    // OpenSearch ends a search that takes too long, and says so: the client waits a little longer.
    const requestTimeoutMs = timeoutMs + 5_000;
    const transport = openSearch({
      ...config(),
      opensearch: { ...opensearch, requestTimeoutMs },
    });
    try {
      const end = monotonic() + timeoutMs;
      const searches = { transport, timeoutMs, leftMs: () => end - monotonic() };
      return await work(searchesOn(searches, opensearch.indexes, signal));
    } finally {
      await transport.close();
    }
  };
