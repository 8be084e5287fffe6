import { describe, expect, it } from 'vitest';
import {
  NoAnswerError,
  type OpenSearchAnswer,
  type OpenSearchTransport,
} from '../../../../src/adapters/opensearch/transport.ts';
import type { IndexDocument } from '../../../../src/pipeline/ports.ts';
import { bulkWriterRig, documentOf } from '../../../support/bulk-writer-rig.ts';

const created: OpenSearchAnswer = {
  status: 200,
  body: { errors: false, items: [{ create: { status: 201 } }] },
};
const unavailable: OpenSearchAnswer = { status: 503, body: { error: { type: 'x' } } };

/** Keeps the bodies that it is given as a request does that is still sent, and what they held then. */
const keepingTransport = (
  answers: readonly (OpenSearchAnswer | Error)[],
): {
  readonly transport: OpenSearchTransport;
  readonly bodies: Buffer[];
  readonly was: Buffer[];
} => {
  const bodies: Buffer[] = [];
  const was: Buffer[] = [];
  const transport: OpenSearchTransport = {
    request: async ({ body }) => {
      const bytes = body as Buffer;
      const answer = answers[bodies.length] ?? created;
      bodies.push(bytes);
      was.push(Buffer.from(bytes));
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: async () => undefined,
  };
  return { transport, bodies, was };
};

const largeDocument = (id: string): IndexDocument => ({
  ...documentOf(id),
  body: Buffer.alloc(600_000, id),
});

describe('the body of a bulk request', () => {
  it.each([
    ['of another status', unavailable],
    ['of too large a request', { status: 413, body: '' }],
    ['that cannot be read', new NoAnswerError('garbled', 'The answer is not JSON')],
    ['with too few items', { status: 200, body: { errors: false, items: [] } }],
    ['that did not come', new NoAnswerError('timeout', 'OpenSearch did not answer in time')],
  ])('stays as it is after an answer %s, since it may be sent still', async (_name, first) => {
    const { transport, bodies, was } = keepingTransport([first]);
    const { writer, scope } = bulkWriterRig(transport);
    for (const id of ['a', 'b', 'c']) await writer.write([largeDocument(id)], scope);
    expect(bodies[0]?.equals(was[0]!)).toBe(true);
  });

  it('lies where the one before lay, after an answer to all documents', async () => {
    const { transport, bodies } = keepingTransport([]);
    const { writer, scope } = bulkWriterRig(transport);
    for (const id of ['a', 'b']) await writer.write([largeDocument(id)], scope);
    expect(bodies[1]?.buffer).toBe(bodies[0]?.buffer);
  });

  it('has memory of its own where it is small, so that one that failed leaves no slab behind', async () => {
    const { transport, bodies } = keepingTransport([unavailable]);
    const { writer, scope } = bulkWriterRig(transport);
    await writer.write([documentOf('a')], scope);
    for (const { buffer } of bodies) expect(buffer.byteLength).toBeLessThan(100_000);
  });
});
