import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  RecordTooLargeError,
  splitRecords,
  type FileRecord,
} from '../../../../src/adapters/files/split-records.ts';

async function* chunked(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const split = async (text: string, size = 7, maxBytes = 1024): Promise<readonly string[]> => {
  const records: FileRecord[] = [];
  for await (const record of splitRecords(chunked(text, size), maxBytes)) records.push(record);
  return records.map(({ bytes, line }) => `${String(line)}:${bytes.toString()}`);
};

describe('splitRecords', () => {
  it('gives one record a line, with its line number, blank lines left out', async () => {
    expect(await split('\n{"a":1}\n\n{"b":2}\n')).toEqual(['2:{"a":1}', '4:{"b":2}']);
  });

  it('gives a pretty-printed document as one record', async () => {
    const document = JSON.stringify({ Records: [{ a: 1 }, { b: 2 }] }, null, 2);
    expect(await split(`${document}\n`)).toEqual([`1:${document}\n`]);
  });

  it('gives a one-line document without a line end as one record', async () => {
    expect(await split('{"Records":[]}')).toEqual(['1:{"Records":[]}']);
  });

  it('keeps a broken line in the middle as a record of its own', async () => {
    expect(await split('{"a":1}\nnot json\n{"b":2}')).toEqual([
      '1:{"a":1}',
      '2:not json',
      '3:{"b":2}',
    ]);
  });

  it('takes a byte order mark for no part of the first line', async () => {
    expect(await split('\uFEFF{"a":1}\n{"b":2}\n')).toEqual(['1:\uFEFF{"a":1}', '2:{"b":2}']);
  });

  it.each([1, 7, 1000])(
    'gives each of the documents that follow each other on a line, in pieces of %i',
    async (size) => {
      const [a, b] = ['{"a":"}{\\"]"}', '{"b":[{}]}'];
      expect(await split(`${a}${b} ${a}\n${b}${b}\n`, size)).toEqual([
        `1:${a}`,
        `1:${b}`,
        `1: ${a}`,
        `1:\n${b}`,
        `2:${b}`,
      ]);
    },
  );

  it('holds no more of documents that follow each other than one', async () => {
    const document = JSON.stringify({ a: 'x'.repeat(90) });
    expect(await split(document.repeat(50), 64, 100)).toHaveLength(50);
    await expect(split(`{}${document}`, 64, 50)).rejects.toThrow('line 1 is larger than 50 bytes');
  });

  it('gives what is broken behind such documents as a record', async () => {
    expect(await split('{"a":1}{"b":2}{"broken')).toEqual(['1:{"a":1}', '1:{"b":2}', '1:{"broken']);
  });

  it('loses the first line only, where that is broken', async () => {
    const records = await split('{"broken\n{"a":1}\n\n{"b":2}\n');
    expect(records.map((record) => record.trim())).toEqual([
      '1:{"broken',
      '2:{"a":1}',
      '4:{"b":2}',
    ]);
  });

  it('gives each of the pretty-printed documents that follow each other', async () => {
    const [a, b] = [{ a: [{ x: 1 }] }, { b: {} }].map((value) => JSON.stringify(value, null, 2));
    const records = await split(`${a}\n${b}\n`);
    expect(records.map((record) => record.trim())).toEqual([`1:${a}`, `8:${b}`]);
  });

  it('keeps a truncated document whole, for one failure', async () => {
    const cut = JSON.stringify({ Records: [{ a: 1 }, {}] }, null, 2).slice(0, -4);
    expect(await split(cut)).toEqual([`1:${cut}`]);
  });

  it('gives nothing for an empty file', async () => {
    expect(await split('')).toEqual([]);
    expect(await split('\n \n')).toEqual([]);
  });

  it('refuses a record past the limit and names its line', async () => {
    const long = `{"a":1}\n{"b":"${'x'.repeat(100)}"}\n`;
    await expect(split(long, 7, 50)).rejects.toThrow(RecordTooLargeError);
    await expect(split(long, 7, 50)).rejects.toThrow('line 2');
  });

  it('splits the same however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { minLength: 1 }),
        fc.integer({ min: 1, max: 40 }),
        async (values, size) => {
          const objects = values.map((value, position) => JSON.stringify({ position, value }));
          expect(await split(objects.join('\n'), size, 1e6)).toEqual(
            objects.map((text, at) => `${String(at + 1)}:${text}`),
          );
        },
      ),
    );
  });
});
