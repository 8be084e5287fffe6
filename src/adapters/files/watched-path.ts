import { createReadStream } from 'node:fs';
import type { StateFileFailure, WatchableStateSource } from '../../pipeline/ports.ts';
import { guessed, STATE_SUFFIXES } from './file-state-source.ts';
import { fileVersion } from './file-version.ts';
import { resolveInputPath } from './input-paths.ts';
import { readContent } from './read-content.ts';

/** A file, a folder or a glob whose states are read again when their size or their time of change differ. */
export const createWatchedPath = (path: string, maxBytes: number): WatchableStateSource => ({
  name: path,
  async *poll(known, signal) {
    const found = await resolveInputPath(path, STATE_SUFFIXES);
    if (!found.ok) {
      yield { ...found, source: path };
      return;
    }
    for (const source of found.files) {
      const version = await versionOf(source);
      if (typeof version !== 'string') {
        yield version;
      } else if (known.get(source) === version) {
        yield { ok: true, source, unchanged: true };
      } else {
        const file = await readContent(source, createReadStream(source), maxBytes, signal);
        yield file.ok ? { ...file, version, ...guessed(source, found.isNamed) } : file;
      }
    }
  },
});

/** Taken before the content is read: what is written meanwhile is read again. */
const versionOf = async (source: string): Promise<string | StateFileFailure> => {
  try {
    return await fileVersion(source);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { ok: false, reason: 'not_readable', source, message: `It cannot be read (${code}).` };
  }
};
