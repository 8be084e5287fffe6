import type { JsonObject } from '../../src/core/model/json.ts';

/** Writes documents as they are, each into the index that is named with it, and makes them searchable. */
export const writeDocuments = async (
  base: string,
  documents: readonly { readonly index: string; readonly source: JsonObject }[],
): Promise<void> => {
  const body = documents
    .map(({ index, source }) => `{"create":{"_index":"${index}"}}\n${JSON.stringify(source)}\n`)
    .join('');
  const answer = await fetch(`${base}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const { errors, items } = (await answer.json()) as {
    readonly errors?: boolean;
    readonly items?: readonly unknown[];
  };
  if (!answer.ok || errors !== false)
    throw new Error(`not written: ${JSON.stringify(items).slice(0, 500)}`);
};
