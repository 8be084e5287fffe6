import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { StateSource } from '../../pipeline/ports.ts';
import { resolveInputPath } from './input-paths.ts';
import { readContent } from './read-content.ts';

export interface FileStateSourceOptions {
  /** Files, folders (all below that end as states, templates and manifests do), globs, or `-` for `stdin`. */
  readonly paths: readonly string[];
  readonly stdin: Readable;
  /** Largest content of a file, before and after decompression, in bytes. */
  readonly maxBytes: number;
}

/** What `-` is named. */
const STDIN_SOURCE = 'stdin';

const SURE_SUFFIXES = ['.tfstate', '.tfstate.gz'];

/** Endings in a folder of what may be a state. */
export const STATE_SUFFIXES = [
  ...SURE_SUFFIXES,
  ...['.json', '.json.gz', '.yaml', '.yml', '.template'],
];

/** Marks a file that a folder has, and whose ending does not tell that it is a state. */
export const guessed = (file: string, isNamed: boolean): { readonly guessed?: true } =>
  isNamed || SURE_SUFFIXES.some((suffix) => file.endsWith(suffix)) ? {} : { guessed: true };

export const createFileStateSource = ({
  paths,
  stdin,
  maxBytes,
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
      const found = await resolveInputPath(path, STATE_SUFFIXES);
      if (!found.ok) {
        yield { ...found, source: path };
        continue;
      }
      for (const file of found.files) {
        if (seen.has(file)) continue;
        seen.add(file);
        const read = await readContent(file, createReadStream(file), maxBytes, signal);
        yield read.ok ? { ...read, ...guessed(file, found.isNamed) } : read;
      }
    }
  },
});
