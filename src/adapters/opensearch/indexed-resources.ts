import { refused } from './setup-step.ts';
import type { OpenSearchTransport } from './transport.ts';

const PAGE = 5_000;

interface Hit {
  readonly _id: string;
  readonly _source?: { readonly offset?: string | number };
  readonly sort: readonly unknown[];
}

/**
 * Ids and offsets of all documents of the index of desired resources, page by page.
 * @throws SetupError where OpenSearch does not answer the search, and as the transport does
 */
export async function* indexedResources(
  transport: OpenSearchTransport,
  index: string,
  signal: AbortSignal,
): AsyncGenerator<readonly { readonly id: string; readonly offset: string }[]> {
  const path = `/${encodeURIComponent(index)}`;
  await transport.request({ method: 'POST', path: `${path}/_refresh` }, signal);
  let after: readonly unknown[] | undefined;
  for (;;) {
    const body = JSON.stringify({
      size: PAGE,
      sort: [{ key: 'asc' }],
      _source: ['offset'],
      ...(after === undefined ? {} : { search_after: after }),
    });
    const answer = await transport.request(
      { method: 'POST', path: `${path}/_search`, body },
      signal,
    );
    if (answer.status !== 200) throw refused(`search the index ${index}`, answer);
    const { hits } = answer.body as { readonly hits: { readonly hits: readonly Hit[] } };
    const found = hits.hits.map(({ _id, _source }) => ({
      id: _id,
      offset: String(_source?.offset ?? 0),
    }));
    if (found.length > 0) yield found;
    after = hits.hits.at(-1)?.sort;
    if (found.length < PAGE) return;
  }
}
