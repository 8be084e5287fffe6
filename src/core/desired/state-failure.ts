/** Why a state cannot be read. The closed list behind `StateFailure`. */
export const STATE_FAILURE_REASONS = [
  'empty',
  'truncated',
  'not_json',
  'not_yaml',
  'not_text',
  'too_large',
  'not_a_state',
  'unsupported_version',
  'unsupported_feature',
  'encrypted',
  'incomplete',
  'ambiguous',
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

/** One line for a person, of anything that goes wrong with a source of states. */
export const describeStateFailure = (failure: {
  readonly source: string;
  readonly position?: string;
  readonly message: string;
  readonly reason: string;
}): string => {
  const place =
    failure.position === undefined ? failure.source : `${failure.source}: ${failure.position}`;
  return `${place}: ${failure.message} (${failure.reason})`;
};
