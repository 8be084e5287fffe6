import { createReadStream } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { readContent } from './read-content.ts';
import type { StateFileFailure, StateSource } from '../../pipeline/ports.ts';

export interface FileStateSourceOptions {
  /** Files, folders (all `*.tfstate` and `*.tfstate.gz` below, but for `.terraform`), globs, or `-` for `stdin`. */
  readonly paths: readonly string[];
  readonly stdin: Readable;
  /** Largest content of a file after decompression, in bytes. Default 256 MiB. */
  readonly maxBytes?: number;
}

/** What `-` is named. */
const STDIN_SOURCE = 'stdin';

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

export const createFileStateSource = ({
  paths,
  stdin,
  maxBytes = DEFAULT_MAX_BYTES,
}: FileStateSourceOptions): StateSource => ({
  async *files(signal) {
    const seen = new Set<string>();
    for (const path of paths) {
      if (path === '-') {
        if (seen.has(path)) continue;
        seen.add(path);
        yield await readContent(STDIN_SOURCE, stdin, maxBytes, signal);
        continue;
      }
      const found = await resolvePath(path);
      if (!Array.isArray(found)) {
        yield found;
        continue;
      }
      for (const file of found) {
        if (seen.has(file)) continue;
        seen.add(file);
        yield await readContent(file, createReadStream(file), maxBytes, signal);
      }
    }
  },
});

/** A path that exists is taken as it is, even with the characters of a glob. */
const resolvePath = async (path: string): Promise<string[] | StateFileFailure> => {
  const kind = await kindOf(path);
  if (kind === 'file') return [path];
  if (kind === 'folder') return listFolder(path);
  if (kind === 'absent' && /[*?[{]/.test(path)) {
    const matches: string[] = [];
    for await (const match of glob(path)) if ((await kindOf(match)) === 'file') matches.push(match);
    return matches.length > 0
      ? matches.sort()
      : failure('no_match', path, 'No file matches the pattern.');
  }
  return kind === 'absent'
    ? failure('not_found', path, 'There is no such file or folder.')
    : failure('not_readable', path, `It cannot be read (${kind.code}).`);
};

const listFolder = async (folder: string): Promise<string[] | StateFileFailure> => {
  const files: string[] = [];
  const pattern = '**/*.{tfstate,tfstate.gz}';
  const exclude = (name: string): boolean => name.split('/').includes('.terraform');
  for await (const name of glob(pattern, { cwd: folder, exclude })) {
    const file = join(folder, name);
    // A state that cannot be reached must be reported, so only what is known to be a folder is left out.
    if ((await kindOf(file)) !== 'folder') files.push(file);
  }
  return files.length > 0
    ? files.sort()
    : failure('no_match', folder, 'The folder holds no *.tfstate or *.tfstate.gz.');
};

type PathKind = 'file' | 'folder' | 'absent' | { readonly code: string };

const kindOf = async (path: string): Promise<PathKind> => {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : { code };
  }
};

const failure = (
  reason: StateFileFailure['reason'],
  source: string,
  message: string,
): StateFileFailure => ({
  ok: false,
  reason,
  source,
  message,
});
