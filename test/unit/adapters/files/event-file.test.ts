import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEventFiles, type EventFile } from '../../../../src/adapters/files/event-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftline-events-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const content = async (file: EventFile | undefined): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of file?.read(() => undefined, new AbortController().signal) ?? [])
    chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const find = (...paths: string[]) =>
  findEventFiles(paths, Readable.from([Buffer.from('{"from":"stdin"}')]));

describe('findEventFiles', () => {
  it('takes all event files below a folder, and no others', async () => {
    await mkdir(join(folder, '2026/11'), { recursive: true });
    await writeFile(join(folder, 'a.ndjson'), '{}');
    await writeFile(join(folder, '2026/11/b.json.gz'), gzipSync('{"Records":[]}'));
    await writeFile(join(folder, 'notes.txt'), 'no');
    const { files, failures } = await find(folder);
    expect(files.map(({ name }) => name.slice(folder.length + 1))).toEqual([
      '2026/11/b.json.gz',
      'a.ndjson',
    ]);
    expect(failures).toEqual([]);
    expect(await content(files[0])).toBe('{"Records":[]}');
  });

  it('takes a file once, though two paths name it', async () => {
    await writeFile(join(folder, 'a.json'), '{}');
    const { files } = await find(join(folder, 'a.json'), join(folder, '*.json'));
    expect(files).toHaveLength(1);
  });

  it('reads standard input for -', async () => {
    const { files } = await find('-');
    expect(await content(files[0])).toBe('{"from":"stdin"}');
  });

  it('tells gzip by its bytes, not by the name, and passes on that it is cut off', async () => {
    await writeFile(join(folder, 'a.json'), gzipSync('{"a":1}'));
    await writeFile(join(folder, 'cut.json'), gzipSync('{"a":1}'.repeat(1000)).subarray(0, 40));
    const { files } = await find(join(folder, 'a.json'), join(folder, 'cut.json'));
    expect(await content(files[0])).toBe('{"a":1}');
    await expect(content(files[1])).rejects.toThrow('unexpected end of file');
  });

  it('goes on with the other files of a folder where a link leads nowhere', async () => {
    await writeFile(join(folder, 'a.json'), '{}');
    await symlink(join(folder, 'gone'), join(folder, 'dangling.json'));
    const { files, failures } = await find(folder);
    expect(files).toHaveLength(1);
    expect(failures.map(({ path }) => path)).toEqual([join(folder, 'dangling.json')]);
  });

  it('ends reading where the user interrupts', async () => {
    const { files } = await findEventFiles(['-'], new PassThrough());
    const stop = new AbortController();
    const reading = files[0]
      ?.read(() => undefined, stop.signal)
      [Symbol.asyncIterator]()
      .next();
    stop.abort();
    await expect(reading).rejects.toThrow('aborted');
  });

  it('names a path that does not exist, and goes on with the others', async () => {
    await writeFile(join(folder, 'a.json'), '{}');
    const { files, failures } = await find(join(folder, 'none.json'), join(folder, 'a.json'));
    expect(files).toHaveLength(1);
    expect(failures).toEqual([
      { path: join(folder, 'none.json'), message: 'There is no such file or folder.' },
    ]);
  });
});
