/** A document as OpenSearch holds it. */
export interface StoredDocument {
  readonly _id: string;
  readonly _index: string;
  readonly _source: Readonly<Record<string, unknown>>;
}

const pageSize = 2_000;

interface Page {
  readonly _scroll_id?: string;
  readonly hits?: { readonly hits: readonly StoredDocument[] };
}

const ask = async (url: string, body: unknown, onText: (text: string) => void): Promise<Page> => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`OpenSearch answered ${answer.status}: ${text.slice(0, 300)}`);
  onText(text);
  return JSON.parse(text) as Page;
};

/**
 * Every document of the indices of a pattern, by scroll: two with the same id in two indices are two.
 * @param onText sees each answer as it came
 */
export const eachStoredDocument = async (
  base: string,
  pattern: string,
  take: (document: StoredDocument) => void,
  onText: (text: string) => void,
): Promise<void> => {
  await fetch(`${base}/${pattern}/_refresh?ignore_unavailable=true`, { method: 'POST' });
  let page = await ask(
    `${base}/${pattern}/_search?ignore_unavailable=true&scroll=1m`,
    { size: pageSize, sort: ['_doc'] },
    onText,
  );
  for (;;) {
    const hits = page.hits?.hits ?? [];
    hits.forEach(take);
    if (hits.length < pageSize || page._scroll_id === undefined) break;
    page = await ask(
      `${base}/_search/scroll`,
      { scroll: '1m', scroll_id: page._scroll_id },
      onText,
    );
  }
  if (page._scroll_id !== undefined) {
    await fetch(`${base}/_search/scroll/${page._scroll_id}`, { method: 'DELETE' });
  }
};
