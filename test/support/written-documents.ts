import { afterAll, beforeAll, inject } from 'vitest';
import type { JsonObject } from '../../src/core/model/json.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import { queryCommand, type QueryAnswer } from './query-command.ts';

/** A document, and the index that it is written into. */
export interface WrittenDocument {
  readonly index: string;
  readonly source: JsonObject;
}

/** Writes documents as they are, and makes them searchable. */
export const writeDocuments = async (
  base: string,
  documents: readonly WrittenDocument[],
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

/** For the tests of the calling file: a deployment that holds these documents, and `driftline query` on it. */
export const useDocuments = (
  documents: (indexes: Deployment['indexes']) => readonly WrittenDocument[],
): {
  readonly indexes: () => Deployment['indexes'];
  readonly ask: (...args: readonly string[]) => Promise<QueryAnswer>;
} => {
  let deployment: Deployment;
  beforeAll(async () => {
    const stack = inject('stack');
    deployment = await createDeployment(stack);
    await writeDocuments(stack.opensearch, documents(deployment.indexes));
  });
  afterAll(async () => {
    await deployment?.end();
  });
  return {
    indexes: () => deployment.indexes,
    ask: (...args) => queryCommand(deployment.settings)(...args),
  };
};
