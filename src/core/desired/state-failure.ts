/** Why a state cannot be read. The closed list behind `StateFailure`. */
export const STATE_FAILURE_REASONS = [
  'empty',
  'truncated',
  'not_json',
  'not_a_state',
  'unsupported_version',
  'encrypted',
  'invalid_resource',
] as const;

export type StateFailureReason = (typeof STATE_FAILURE_REASONS)[number];

/** A state that cannot be read. Nothing of it may be used: half a state reads as deleted resources. */
export interface StateFailure {
  readonly reason: StateFailureReason;
  /** The file or URL, without credentials. */
  readonly source: string;
  /** Where in it: `line 3, column 7`, or a path such as `resources[2].instances[0]`. */
  readonly position?: string;
  /** What is wrong and what to do; never a part of the content, which may be secret. */
  readonly message: string;
}

/** One line for a person: source, position, message. */
export const describeStateFailure = (failure: StateFailure): string =>
  `${failure.source}: ${failure.position === undefined ? '' : `${failure.position}: `}${failure.message} (${failure.reason})`;
