import { joinedDocuments, lookAtLayout } from './joined-documents.ts';

/** A value that the decoder takes: a line of a line file, or a whole document. */
export interface FileRecord {
  readonly bytes: Buffer;
  /** Line that it starts on, from 1. */
  readonly line: number;
}

const LINE_FEED = 0x0a;

const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09 || byte === LINE_FEED);

/** An object or array by itself, with or without a byte order mark. */
const isJsonDocument = (bytes: Buffer): boolean => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
};

/** Thrown where one record outgrows the limit: the file cannot be split further. */
export class RecordTooLargeError extends Error {
  readonly code = 'record_too_large';
  readonly retriable = false;
}

const linesOf = (bytes: Buffer): readonly Buffer[] => {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, start);
    const next = end === -1 ? bytes.length : end + 1;
    lines.push(bytes.subarray(start, next));
    start = next;
  }
  return lines;
};

const opensDocument = (line: Buffer): boolean => line[0] === 0x7b || line[0] === 0x5b;
const closesDocument = (line: Buffer): boolean => /^[}\]]\s*$/.test(line.toString('utf8', 0, 8));

/**
 * The records of a file that does not begin with a document on a line of its own: the whole, where it is a document;
 * the lines, where a later line is one (the first is broken); the documents that follow each other, each laid out over
 * many lines; otherwise the whole, for the decoder to say what is wrong with it.
 */
function* piecesOf(bytes: Buffer, firstLine: number): Generator<FileRecord> {
  const lines = isJsonDocument(bytes) ? [] : linesOf(bytes);
  const isLineFile = lines.some((line) => opensDocument(line) && isJsonDocument(line));
  let piece: Buffer[] = [];
  let start = firstLine;
  for (const [index, line] of lines.entries()) {
    piece.push(line);
    const next = lines[index + 1];
    const ends = isLineFile || (closesDocument(line) && next !== undefined && opensDocument(next));
    if (!ends) continue;
    const record = Buffer.concat(piece);
    if (!isBlank(record)) yield { bytes: record, line: start };
    piece = [];
    start = firstLine + index + 1;
  }
  const last = lines.length === 0 ? bytes : Buffer.concat(piece);
  if (!isBlank(last)) yield { bytes: last, line: start };
}

/** What is held of a record that has not ended yet. */
interface Held {
  readonly hold: (bytes: Buffer) => void;
  /** All that is held, which then is no more. */
  readonly taken: () => Buffer;
}

/** @throws RecordTooLargeError from `hold`, which names the line where the record starts. */
const createHeld = (maxBytes: number, firstLine: () => number): Held => {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  return {
    hold: (bytes) => {
      pendingBytes += bytes.length;
      if (pendingBytes > maxBytes) {
        throw new RecordTooLargeError(
          `The record that starts on line ${String(firstLine())} is larger than ${String(maxBytes)} bytes.`,
        );
      }
      pending.push(bytes);
    },
    taken: () => {
      const bytes =
        pending.length === 1 && pending[0] !== undefined ? pending[0] : Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
      return bytes;
    },
  };
};

async function* linesOrDocument(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<FileRecord> {
  let line = 0;
  let layout: 'unknown' | 'lines' | 'document' = 'unknown';
  const { hold, taken } = createHeld(maxBytes, () => line + 1);
  for await (const chunk of chunks) {
    let start = 0;
    while (layout !== 'document') {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      hold(chunk.subarray(start, end));
      const bytes = taken();
      start = end + 1;
      if (isBlank(bytes)) {
        line += 1;
        continue;
      }
      if (layout === 'unknown') {
        layout = isJsonDocument(bytes) ? 'lines' : 'document';
        if (layout === 'document') {
          hold(bytes);
          hold(chunk.subarray(end, start));
          break;
        }
      }
      line += 1;
      yield { bytes, line };
    }
    if (start < chunk.length) hold(chunk.subarray(start));
  }
  const rest = taken();
  if (isBlank(rest)) return;
  if (layout === 'document') yield* piecesOf(rest, line + 1);
  else yield { bytes: rest, line: line + 1 };
}

const countOf = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    count += 1;
  }
  return count;
};

async function* joined(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<FileRecord> {
  let line = 1;
  const { hold, taken } = createHeld(maxBytes, () => line);
  for await (const bytes of joinedDocuments(chunks, hold, taken)) {
    if (!isBlank(bytes)) yield { bytes, line };
    line += countOf(bytes);
  }
}

async function* all(head: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/**
 * Splits the bytes of a file into records. A file whose first line is a JSON document by itself has one on each line,
 * and one whose first line has several has them one behind the other, whatever is between: neither is ever held whole.
 * Any other file is held, at most `maxBytes` of it, and is one document, however it is laid out; where that is none, see
 * `piecesOf`.
 *
 * @throws RecordTooLargeError where a record passes `maxBytes`.
 */
export async function* splitRecords(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<FileRecord> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const layout = await lookAtLayout(source, maxBytes);
    const whole = all(layout.head, source);
    yield* layout.joined ? joined(whole, maxBytes) : linesOrDocument(whole, maxBytes);
  } finally {
    await source.return?.();
  }
}
