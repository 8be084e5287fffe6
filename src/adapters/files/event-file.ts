import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { resolveInputPath } from './input-paths.ts';

/** A file of audit events, not yet read. */
export interface EventFile {
  readonly name: string;
  /** On disk, compressed as it is; 0 where it is not known. */
  readonly bytes: number;
  /** The content, decompressed where its first bytes are gzip's. `onRead` is told of each piece as it comes from disk. */
  read(onRead: (bytes: number) => void, signal: AbortSignal): AsyncIterable<Buffer>;
}

/** A path that gives no events. */
export interface EventFileFailure {
  readonly path: string;
  readonly message: string;
}

/** What paths give. */
export interface EventFiles {
  readonly files: readonly EventFile[];
  readonly failures: readonly EventFileFailure[];
}

const SUFFIXES = ['.json', '.ndjson', '.jsonl', '.json.gz', '.ndjson.gz', '.jsonl.gz'];

/** Files, folders (all .json, .ndjson, .jsonl below, also .gz), globs, or `-` for `stdin`; each file once. */
export const findEventFiles = async (
  paths: readonly string[],
  stdin: Readable,
): Promise<EventFiles> => {
  const files = new Map<string, EventFile>();
  const failures: EventFileFailure[] = [];
  for (const path of paths) {
    if (path === '-') {
      files.set(
        path,
        eventFile('stdin', 0, () => stdin),
      );
      continue;
    }
    const resolved = await resolveInputPath(path, SUFFIXES);
    if (!resolved.ok) {
      failures.push({ path, message: resolved.message });
      continue;
    }
    for (const name of resolved.files) {
      if (files.has(name)) continue;
      const bytes = await sizeOf(name);
      if (bytes === undefined) {
        failures.push({ path: name, message: 'It cannot be read: a link that leads nowhere?' });
        continue;
      }
      files.set(
        name,
        eventFile(name, bytes, () => createReadStream(name)),
      );
    }
  }
  return { files: [...files.values()], failures };
};

const sizeOf = async (name: string): Promise<number | undefined> => {
  try {
    return (await stat(name)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
};

const eventFile = (name: string, bytes: number, open: () => Readable): EventFile => ({
  name,
  bytes,
  read: (onRead, signal) => decompressed(addAbortSignal(signal, open()), onRead),
});

async function* decompressed(
  source: Readable,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const chunks = counted(source, onRead);
  const first = await chunks.next();
  if (first.done === true) return;
  const content = prepended(first.value, chunks);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* content;
    return;
  }
  // A failure reaches the reader through the stream, which pipeline destroys with it.
  yield* pipeline(content, createGunzip(), () => undefined) as AsyncIterable<Buffer>;
}

async function* counted(
  source: Readable,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, undefined> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* prepended(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
