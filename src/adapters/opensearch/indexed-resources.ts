import { refused } from './refusal.ts';
import type { OpenSearchTransport } from './transport.ts';

const PAGE = 5_000;

interface Hit {
  readonly _id: string;
  readonly _source?: { readonly offset?: string | number };
  readonly sort: readonly unknown[];
}

/** Does work until it succeeds or gives up. */
type Patiently = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Ids and offsets of all documents of the index of desired resources, page by page.
 * @param patiently tries a page again; the whole would have to begin anew
 * @throws RefusalError where OpenSearch refuses the refresh or the search, OpenSearchAccessError where the role does, and
 * as the transport does
 */
export async function* indexedResources(
  transport: OpenSearchTransport,
  index: string,
  patiently: Patiently,
  signal: AbortSignal,
): AsyncGenerator<readonly { readonly id: string; readonly offset: string }[]> {
  const path = `/${encodeURIComponent(index)}`;
  const search = async (after: readonly unknown[] | undefined): Promise<readonly Hit[]> => {
    const body = JSON.stringify({
      size: PAGE,
      sort: [{ key: 'asc' }],
      _source: ['offset'],
      ...(after === undefined ? {} : { search_after: after }),
    });
    const request = { method: 'POST', path: `${path}/_search`, body } as const;
    const answer = await transport.request(request, signal);
    if (answer.status !== 200) throw refused(`search the index ${index}`, answer);
    return (answer.body as { readonly hits: { readonly hits: readonly Hit[] } }).hits.hits;
  };
  await patiently(async () => {
    const answer = await transport.request({ method: 'POST', path: `${path}/_refresh` }, signal);
    if (answer.status !== 200) throw refused(`refresh the index ${index}`, answer);
  });
  let after: readonly unknown[] | undefined;
  for (;;) {
    const hits = await patiently(() => search(after));
    if (hits.length > 0)
      yield hits.map(({ _id, _source }) => ({ id: _id, offset: String(_source?.offset ?? 0) }));
    after = hits.at(-1)?.sort;
    if (hits.length < PAGE) return;
  }
}
