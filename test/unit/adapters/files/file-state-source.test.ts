import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wholeBytes } from '../../../../src/core/model/source-content.ts';
import { createFileStateSource } from '../../../../src/adapters/files/file-state-source.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftline-states-'));
  await mkdir(join(folder, 'b/.terraform'), { recursive: true });
  await writeFile(join(folder, 'a.tfstate'), 'A');
  await writeFile(join(folder, 'b/c.tfstate.gz'), gzipSync('C'));
  await writeFile(join(folder, 'b/d[1].tfstate'), 'D');
  await writeFile(join(folder, 'b/.terraform/terraform.tfstate'), 'pointer');
  await writeFile(join(folder, 'b/readme.md'), 'text');
});
afterEach(() => rm(folder, { recursive: true }));

const readAll = async (paths: readonly string[], stdin = '', maxBytes = 1_000) => {
  const source = createFileStateSource({
    paths,
    stdin: Readable.from([Buffer.from(stdin)]),
    maxBytes,
  });
  const found: string[] = [];
  for await (const file of source.files(new AbortController().signal)) {
    const name = file.source.replace(`${folder}/`, '');
    found.push(
      file.ok
        ? `${name}=${Buffer.from(wholeBytes(file.content)).toString()}`
        : `${name}: ${file.reason}`,
    );
  }
  return found;
};

it('reads the states below a folder, without the pointers of .terraform', async () => {
  expect(await readAll([folder])).toEqual(['a.tfstate=A', 'b/c.tfstate.gz=C', 'b/d[1].tfstate=D']);
});

it('reads files, globs and standard input, each file once', async () => {
  const a = join(folder, 'a.tfstate');
  expect(await readAll([a, join(folder, '*.tfstate'), '-', '-'], 'S')).toEqual([
    'a.tfstate=A',
    'stdin=S',
  ]);
});

it('takes a path that exists as it is, even with the characters of a glob', async () => {
  expect(await readAll([join(folder, 'b/d[1].tfstate')])).toEqual(['b/d[1].tfstate=D']);
});

it('tells of each file that cannot be had, and goes on', async () => {
  await writeFile(join(folder, 'cut.gz'), gzipSync('C'.repeat(100)).subarray(0, 15));
  await writeFile(join(folder, 'bomb.gz'), gzipSync(Buffer.alloc(100_000)));
  await writeFile(join(folder, 'big.json'), 'x'.repeat(1_001));
  const paths = ['none', 'none/*.x', 'b/.terraform', 'cut.gz', 'bomb.gz', 'big.json', 'a.tfstate'];
  await mkdir(join(folder, 'empty'));
  expect(await readAll([...paths, 'empty'].map((path) => join(folder, path)))).toEqual([
    'none: not_found',
    'none/*.x: no_match',
    'b/.terraform/terraform.tfstate=pointer',
    'cut.gz: not_gzip',
    'bomb.gz: too_large',
    'big.json: too_large',
    'a.tfstate=A',
    'empty: no_match',
  ]);
});

it('ends with the reason of the signal while it waits for standard input', async () => {
  const abort = new AbortController();
  const source = createFileStateSource({
    paths: ['-'],
    maxBytes: 1_000,
    stdin: new Readable({ read: () => undefined }),
  });
  const reading = source.files(abort.signal)[Symbol.asyncIterator]().next();
  setTimeout(() => abort.abort(new Error('stopped')), 5);
  await expect(reading).rejects.toThrow('stopped');
});
