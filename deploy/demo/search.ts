import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/model/json.ts';
import { DemoError } from './demo-error.ts';

const LIMIT_MS = 30_000;
/** `index.max_result_window` as it is by default. */
const MOST = 10_000;

export interface Search {
  /** The body of an answer. Throws DemoError `opensearch-failed`. */
  ask(path: string, body?: JsonObject): Promise<JsonObject>;
  /** The documents found, in order. */
  documents(index: string, body: JsonObject): Promise<readonly JsonObject[]>;
  /** Makes what has been written visible to searches. */
  refresh(): Promise<void>;
  /** All documents as one text, as OpenSearch gives them out. */
  everything(index: string): Promise<string>;
}

/** Follows names through objects. */
export const at = (
  value: JsonValue | undefined,
  ...path: readonly string[]
): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>(
    (node, name) => (isJsonObject(node) ? node[name] : undefined),
    value,
  );

export const list = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

export const words = (value: JsonValue | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** Asks OpenSearch as any client would. */
export const createSearch = (url: string, signal: AbortSignal): Search => {
  const call = async (path: string, method: string, body?: JsonObject): Promise<string> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return text;
    throw new DemoError(
      'opensearch-failed',
      `OpenSearch answers ${String(answer.status)} to ${method} ${path}: ${text.slice(0, 500)}`,
    );
  };
  const ask: Search['ask'] = async (path, body) => {
    const value = JSON.parse(await call(path, 'POST', body)) as JsonValue;
    return isJsonObject(value) ? value : {};
  };
  return {
    ask,
    documents: async (index, body) =>
      list(at(await ask(`/${index}/_search`, body), 'hits', 'hits')).flatMap((hit) => {
        const source = at(hit, '_source');
        return isJsonObject(source) ? [source] : [];
      }),
    refresh: async () => {
      await call('/_refresh', 'POST');
    },
    everything: async (index) => {
      const text = await call(`/${index}/_search?size=${String(MOST)}`, 'POST', {
        track_total_hits: true,
        query: { match_all: {} },
      });
      const total = at(JSON.parse(text) as JsonValue, 'hits', 'total', 'value');
      if (typeof total !== 'number' || total > MOST) {
        throw new DemoError('opensearch-failed', `${index} holds more than ${String(MOST)}.`);
      }
      return text;
    },
  };
};
