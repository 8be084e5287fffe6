/** A value that the decoder takes: a line of a line file, or a whole document. */
export interface FileRecord {
  readonly bytes: Buffer;
  /** Line that it starts on, from 1. */
  readonly line: number;
}

const LINE_FEED = 0x0a;

const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);

const isJsonDocument = (bytes: Buffer): boolean => {
  try {
    return typeof JSON.parse(bytes.toString('utf8')) === 'object';
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

/**
 * Splits the bytes of a file into records. A file whose first line is a JSON document by itself has one on each line;
 * any other file is one document, however it is laid out. Holds one record at a time, of at most `maxBytes`.
 *
 * @throws RecordTooLargeError where a record passes `maxBytes`.
 */
export async function* splitRecords(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<FileRecord> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let line = 0;
  let layout: 'unknown' | 'lines' | 'document' = 'unknown';

  const hold = (bytes: Buffer): void => {
    pendingBytes += bytes.length;
    if (pendingBytes > maxBytes) {
      throw new RecordTooLargeError(
        `The record that starts on line ${String(line + 1)} is larger than ${String(maxBytes)} bytes.`,
      );
    }
    pending.push(bytes);
  };
  const taken = (): Buffer => {
    const bytes =
      pending.length === 1 && pending[0] !== undefined ? pending[0] : Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    return bytes;
  };

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
  if (!isBlank(rest)) yield { bytes: rest, line: line + 1 };
}
