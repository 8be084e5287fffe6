/** Where states come from: files here, buckets and workspaces behind the same shape. */
export interface StateSource {
  /** Each file once, in a stable order. A file that cannot be had is a failure in its place; the rest goes on. */
  files(signal: AbortSignal): AsyncIterable<StateFile | StateFileFailure>;
}

export interface StateFile {
  readonly ok: true;
  /** What to name it by: a path or URL, without credentials. */
  readonly source: string;
  /** Decompressed. */
  readonly content: Uint8Array;
}

export const STATE_FILE_FAILURES = [
  'not_found',
  'no_match',
  'not_readable',
  'too_large',
  'not_gzip',
] as const;

export interface StateFileFailure {
  readonly ok: false;
  readonly reason: (typeof STATE_FILE_FAILURES)[number];
  readonly source: string;
  readonly message: string;
}
