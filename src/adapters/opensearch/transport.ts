/** One request to OpenSearch. */
export interface OpenSearchRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE';
  /** Starts with a slash; its parts are already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** `ndjson` for bulk bodies. Default: `json`. */
  readonly contentType?: 'json' | 'ndjson';
}

/** What came back, whatever the status. */
export interface OpenSearchAnswer {
  readonly status: number;
  /** Parsed where the answer is JSON, otherwise its text. */
  readonly body: unknown;
  /** Seconds that the answer asks to wait (Retry-After). */
  readonly retryAfterSeconds?: number;
}

/**
 * No usable answer came: it is not known whether the request was applied. With `certificate` (TLS did not come about)
 * and `credentials` (there are none to sign with) it was not, and somebody has to act.
 */
export class NoAnswerError extends Error {
  readonly code: 'connection' | 'timeout' | 'garbled' | 'certificate' | 'credentials';
  readonly retriable = true;

  constructor(code: NoAnswerError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoAnswerError';
    this.code = code;
  }

  /** Somebody has to act. */
  get needsAction(): boolean {
    return this.code === 'certificate' || this.code === 'credentials';
  }
}

export interface OpenSearchTransport {
  /** One try, no retry. Throws NoAnswerError, or the signal's reason when it is aborted. */
  request(request: OpenSearchRequest, signal?: AbortSignal): Promise<OpenSearchAnswer>;
  close(): Promise<void>;
}
