import type { EventFile } from '../../adapters/files/event-file.ts';
import { RecordTooLargeError, splitRecords } from '../../adapters/files/split-records.ts';
import type { DecodedRecord } from '../../codec/decoded-record.ts';

/** A delivery file is one line, and all of it is parsed at once. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

/** One line or document of a file of audit events, decoded. */
export interface EventRecord extends DecodedRecord {
  /** File and line. */
  readonly place: string;
  /** Of all files so far, as they lie on disk. */
  readonly bytesRead: number;
}

export interface EventRecordsOptions {
  readonly decode: (value: Buffer, maxBytes: number) => DecodedRecord | Promise<DecodedRecord>;
  /** Aborted: nothing more is read. */
  readonly signal: AbortSignal;
  /** Told of a file that is damaged or cannot be read; the other files are read all the same. */
  readonly onUnreadable: (file: string, message: string) => void;
}

/** What is wrong with a damaged or unreadable file, as for a path that is missing; undefined for any other error. */
const faultOf = (error: unknown): string | undefined => {
  if (error instanceof RecordTooLargeError) return error.message;
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string'))
    return undefined;
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return `It cannot be read (${error.code}): this user lacks the right to.`;
  if (/^E[A-Z]+$/.test(error.code)) return `It cannot be read (${error.code}).`;
  if (error.code.startsWith('Z_')) return `The gzip data is damaged or cut off (${error.message}).`;
  return error.code.startsWith('ERR_STREAM') ? error.message : undefined;
};

/** The records of files of audit events, one after the other. */
export async function* readEventRecords(
  files: readonly EventFile[],
  { decode, signal, onUnreadable }: EventRecordsOptions,
): AsyncGenerator<EventRecord> {
  let bytesRead = 0;
  for (const file of files) {
    try {
      const chunks = file.read((bytes) => (bytesRead += bytes), signal);
      for await (const { bytes, line } of splitRecords(chunks, MAX_DOCUMENT_BYTES)) {
        const decoded = await decode(bytes, MAX_DOCUMENT_BYTES);
        yield { ...decoded, place: `${file.name}:${String(line)}`, bytesRead };
      }
    } catch (error) {
      if (signal.aborted) return;
      const message = faultOf(error);
      if (message === undefined) throw error;
      onUnreadable(file.name, message);
    }
  }
}
