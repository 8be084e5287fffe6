import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changingFiles } from '../../../src/connection/changing-files.ts';
import { changingSecret } from '../../../src/connection/secret.ts';

let folder: string;
let file: string;
let refused: string[];
const onRefused = (message: string): void => void refused.push(message);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-files-'));
  file = join(folder, 'secret');
  refused = [];
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('changingFiles', () => {
  it('gives the same object until a file changes', () => {
    writeFileSync(file, 'a');
    const value = changingFiles([file], () => ({}), onRefused);
    const first = value();
    expect(value()).toBe(first);
    writeFileSync(file, 'longer');
    const second = value();
    expect(second).not.toBe(first);
    expect(value()).toBe(second);
  });

  it('keeps what it has while the files cannot be used, and tells it once a change', () => {
    writeFileSync(file, 'good');
    let usable = true;
    const value = changingFiles(
      [file],
      () => {
        if (!usable) throw new Error('half written');
        return {};
      },
      onRefused,
    );
    const first = value();
    usable = false;
    writeFileSync(file, 'half');
    expect(value()).toBe(first);
    expect(value()).toBe(first);
    expect(refused).toEqual(['half written']);
    usable = true;
    writeFileSync(file, 'whole again');
    expect(value()).not.toBe(first);
  });

  it('keeps what it has while a file is away, and takes it when it is back', () => {
    writeFileSync(file, 'good');
    const value = changingFiles([file], () => ({}), onRefused);
    const first = value();
    rmSync(file);
    expect(value()).toBe(first);
    expect(value()).toBe(first);
    expect(refused).toHaveLength(1);
    writeFileSync(file, 'back again');
    expect(value()).not.toBe(first);
  });

  it('throws at the first call where there is nothing to keep', () => {
    expect(() => changingFiles([file], () => ({}), onRefused)()).toThrow(/ENOENT/);
    expect(refused).toEqual([]);
  });
});

describe('changingSecret', () => {
  it('drops one line end', () => {
    writeFileSync(file, 'pass word \r\n');
    expect(changingSecret(undefined, file, onRefused)()).toBe('pass word ');
  });

  it('keeps the secret while its file is empty', () => {
    writeFileSync(file, 'kept');
    const secret = changingSecret(undefined, file, onRefused);
    expect(secret()).toBe('kept');
    writeFileSync(file, '');
    expect(secret()).toBe('kept');
    expect(refused).toEqual([`${file} is empty`]);
  });

  it('is what was given where there is no file', () => {
    expect(changingSecret('given', undefined, onRefused)()).toBe('given');
  });
});
