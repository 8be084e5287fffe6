import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DocumentWriter, IndexDocument, UnitScope } from '../../src/pipeline/ports.ts';

export interface WriterUnderTest {
  readonly writer: DocumentWriter;
  /** An index that no other test uses, whose mapping takes `n` as a long, `raw_data_hash.value`, and the origin under `driftline`. */
  readonly index: string;
  stored(index: string, id: string): Promise<string | undefined>;
}

const scope = (signal = new AbortController().signal): UnitScope => ({
  signal,
  heartbeat: async () => undefined,
});

const createOf = (index: string, id: string, record: string): IndexDocument => {
  const hash = createHash('sha256').update(record).digest('hex');
  const body = Buffer.from(JSON.stringify({ raw_data_hash: { value: hash }, text: record }));
  return { index, id, body, write: 'create', hash };
};

const replaceOf = (index: string, id: string, version: string, n: number): IndexDocument => ({
  index,
  id,
  body: Buffer.from(JSON.stringify({ n })),
  write: { replace: version },
});

/** What every DocumentWriter keeps. */
export const documentWriterContract = (
  name: string,
  setUp: () => Promise<WriterUnderTest>,
): void => {
  describe(`DocumentWriter: ${name}`, () => {
    it('gives one result a document, in order, and keeps the bytes', async () => {
      const { writer, index, stored } = await setUp();
      const documents = Array.from({ length: 25 }, (_, i) => createOf(index, `id-${i}`, `r${i}`));
      const results = await writer.write(documents, scope());
      expect(results).toEqual(documents.map(() => ({ status: 'written' })));
      expect(JSON.parse((await stored(index, 'id-7')) ?? '')).toEqual(
        JSON.parse(documents[7]?.body.toString() ?? ''),
      );
    });

    it('takes nothing and gives nothing', async () => {
      const { writer } = await setUp();
      expect(await writer.write([], scope())).toEqual([]);
    });

    it('finds a document written again unchanged, and other content under its id a conflict', async () => {
      const { writer, index, stored } = await setUp();
      await writer.write([createOf(index, 'a', 'first')], scope());
      const results = await writer.write(
        [
          createOf(index, 'b', 'new'),
          createOf(index, 'a', 'first'),
          createOf(index, 'a', 'forged'),
        ],
        scope(),
      );
      expect(results.map(({ status }) => status)).toEqual(['written', 'unchanged', 'conflict']);
      expect(await stored(index, 'a')).toContain('first');
    });

    it('tells a second delivery of a record from a second attempt at it', async () => {
      const { writer, index } = await setUp();
      const at = (offset: string): IndexDocument => {
        const origin = { topic: 'audit.events', partition: 2, offset };
        const document = createOf(index, 'a', 'same');
        const body = { ...(JSON.parse(document.body.toString()) as object), driftline: origin };
        return { ...document, origin, body: Buffer.from(JSON.stringify(body)) };
      };
      expect(await writer.write([at('41')], scope())).toEqual([{ status: 'written' }]);
      expect(await writer.write([at('41')], scope())).toEqual([{ status: 'unchanged' }]);
      expect(await writer.write([at('42')], scope())).toEqual([{ status: 'delivered_before' }]);
    });

    it('keeps one document where the same record comes twice in a write', async () => {
      const { writer, index } = await setUp();
      const twice = [createOf(index, 'a', 'same'), createOf(index, 'a', 'same')];
      const results = await writer.write(twice, scope());
      expect(results.map(({ status }) => status).sort()).toEqual(['unchanged', 'written']);
    });

    it('cannot tell a create without a hash from other content', async () => {
      const { writer, index } = await setUp();
      const { hash: _hash, ...document } = createOf(index, 'a', 'first');
      await writer.write([document], scope());
      expect(await writer.write([document], scope())).toEqual([{ status: 'conflict' }]);
    });

    it('lets the highest version win, an equal one too', async () => {
      const { writer, index, stored } = await setUp();
      const write = (version: string, n: number): Promise<readonly { status: string }[]> =>
        writer.write([replaceOf(index, 'v', version, n)], scope());
      expect(await write('9007199254740993', 1)).toEqual([{ status: 'written' }]);
      expect(await write('9007199254740993', 2)).toEqual([{ status: 'written' }]);
      expect(await write('9007199254740992', 3)).toEqual([{ status: 'superseded' }]);
      expect(await stored(index, 'v')).toBe('{"n":2}');
    });

    it('keeps what was written first where only a higher version supersedes it', async () => {
      const { writer, index, stored } = await setUp();
      const write = (version: string, n: number): Promise<readonly { status: string }[]> =>
        writer.write(
          [{ ...replaceOf(index, 's', version, n), write: { supersede: version } }],
          scope(),
        );
      expect(await write('0', 1)).toEqual([{ status: 'written' }]);
      expect(await write('0', 2)).toEqual([{ status: 'superseded' }]);
      expect(await stored(index, 's')).toBe('{"n":1}');
      expect(await write('7', 3)).toEqual([{ status: 'written' }]);
      expect(await write('6', 4)).toEqual([{ status: 'superseded' }]);
      expect(await stored(index, 's')).toBe('{"n":3}');
    });

    it('removes a document, unless one of a higher version is there', async () => {
      const { writer, index, stored } = await setUp();
      const remove = (version: string): IndexDocument => ({
        index,
        id: 'r',
        body: Buffer.alloc(0),
        write: { remove: version },
      });
      await writer.write([replaceOf(index, 'r', '5', 1)], scope());
      expect(await writer.write([remove('4')], scope())).toEqual([{ status: 'superseded' }]);
      expect(await stored(index, 'r')).toBe('{"n":1}');
      expect(await writer.write([remove('5')], scope())).toEqual([{ status: 'written' }]);
      expect(await stored(index, 'r')).toBeUndefined();
      expect(await writer.write([replaceOf(index, 'r', '4', 2)], scope())).toEqual([
        { status: 'superseded' },
      ]);
    });

    it('takes the removal of what is not there, and writes those around it', async () => {
      const { writer, index, stored } = await setUp();
      const remove = { index, id: 'none', body: Buffer.alloc(0), write: { remove: '5' } } as const;
      const results = await writer.write(
        [createOf(index, 'before', '1'), remove, createOf(index, 'after', '2')],
        scope(),
      );
      expect(results.map(({ status }) => status)).toEqual(['written', 'written', 'written']);
      expect(await stored(index, 'after')).toContain('2');
    });

    it('rejects a document that cannot be taken and writes those around it', async () => {
      const { writer, index, stored } = await setUp();
      const bad = { ...createOf(index, 'bad', 'x'), body: Buffer.from('{"n":') };
      const results = await writer.write(
        [createOf(index, 'before', '1'), bad, createOf(index, 'after', '2')],
        scope(),
      );
      expect(results.map(({ status }) => status)).toEqual(['written', 'rejected', 'written']);
      expect(await stored(index, 'bad')).toBeUndefined();
    });

    it('rejects an id that is empty or longer than 512 bytes, and takes one of 512', async () => {
      const { writer, index } = await setUp();
      const results = await writer.write(
        ['', 'x'.repeat(513), 'é'.repeat(257), 'x'.repeat(512)].map((id) =>
          createOf(index, id, id),
        ),
        scope(),
      );
      expect(results.map(({ status }) => status)).toEqual([
        'rejected',
        'rejected',
        'rejected',
        'written',
      ]);
    });

    it('writes nothing once the unit is aborted', async () => {
      const { writer, index, stored } = await setUp();
      const aborted = AbortSignal.abort(new Error('partition lost'));
      await expect(writer.write([createOf(index, 'a', 'x')], scope(aborted))).rejects.toThrow(
        'partition lost',
      );
      expect(await stored(index, 'a')).toBeUndefined();
    });
  });
};
