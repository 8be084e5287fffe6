import { isDeepStrictEqual } from 'node:util';
import type {
  DocumentResult,
  DocumentWriter,
  IndexDocument,
  RecordOrigin,
} from '../../src/pipeline/ports.ts';

interface Stored {
  /** Undefined: it was removed. */
  readonly body: string | undefined;
  readonly hash: string | undefined;
  readonly origin: RecordOrigin | undefined;
  readonly version: bigint;
}

export interface FakeDocumentWriter extends DocumentWriter {
  /** The body of a document, or undefined where there is none. */
  stored(index: string, id: string): string | undefined;
  readonly size: number;
}

/** Keeps documents in memory by the rules of the port; a body that is not one line of JSON is rejected. */
export const fakeDocumentWriter = (): FakeDocumentWriter => {
  const documents = new Map<string, Stored>();
  const keyOf = (index: string, id: string): string => JSON.stringify([index, id]);

  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return !text.includes('\n');
    } catch {
      return false;
    }
  };

  const writeOne = ({ index, id, body, write, hash, origin }: IndexDocument): DocumentResult => {
    const bytes = Buffer.byteLength(id);
    if (bytes < 1 || bytes > 512)
      return { status: 'rejected', message: 'the id is too long or empty' };
    const isRemoval = write !== 'create' && 'remove' in write;
    if (!isRemoval && !isJson(body.toString()))
      return { status: 'rejected', message: 'the body is not one line of JSON' };
    const there = documents.get(keyOf(index, id));
    const version = write === 'create' ? 1n : BigInt(Object.values(write)[0]!);
    if (there !== undefined && write === 'create') {
      if (hash === undefined || there.hash !== hash) return { status: 'conflict' };
      return { status: isDeepStrictEqual(there.origin, origin) ? 'unchanged' : 'delivered_before' };
    }
    const keepsEqual = write !== 'create' && 'supersede' in write;
    if (
      there !== undefined &&
      (there.version > version || (keepsEqual && there.version === version))
    )
      return { status: 'superseded' };
    documents.set(keyOf(index, id), {
      body: isRemoval ? undefined : body.toString(),
      hash,
      origin,
      version,
    });
    return { status: 'written' };
  };

  return {
    write: async (batch, scope) => {
      scope.signal.throwIfAborted();
      return batch.map(writeOne);
    },
    stored: (index, id) => documents.get(keyOf(index, id))?.body,
    get size() {
      return documents.size;
    },
  };
};
