export type DemoErrorCode =
  | 'kept'
  | 'running'
  | 'command-failed'
  | 'service-failed'
  | 'opensearch-failed'
  | 'kafka-failed'
  | 'aborted';

/** Why the demo could not go on. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly code: DemoErrorCode;
  readonly retriable = false;

  constructor(code: DemoErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
