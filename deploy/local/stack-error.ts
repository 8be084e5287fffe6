/** Why the local stack could not do what was asked. */
export type StackErrorCode =
  | 'invalid-option'
  | 'tools-missing'
  | 'port-taken'
  | 'other-settings-running'
  | 'busy'
  | 'resolve-failed'
  | 'start-failed'
  | 'start-timeout'
  | 'stop-failed'
  | 'docker-failed'
  | 'aborted';

const RETRIABLE: ReadonlySet<StackErrorCode> = new Set(['busy', 'start-timeout', 'resolve-failed']);

export class StackError extends Error {
  override readonly name = 'StackError';
  readonly code: StackErrorCode;
  /** True where the same call may succeed later without anything being mended. */
  readonly retriable: boolean;

  constructor(code: StackErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retriable = RETRIABLE.has(code);
  }
}

/** The exit code of the command line for an error: 2 where the caller has to mend something first. */
export function exitCodeOf(error: StackError): 1 | 2 {
  return error.code === 'invalid-option' || error.code === 'tools-missing' ? 2 : 1;
}
