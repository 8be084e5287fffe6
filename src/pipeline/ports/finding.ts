/** `fault`: the service cannot do its work so. `warning`: it can, but somebody should know. `skipped`: could not be looked at. */
export type FindingState = 'ok' | 'warning' | 'fault' | 'skipped';

/** One thing that was looked at. Neither text holds a secret. */
export interface Finding {
  readonly state: FindingState;
  /** What was looked at: `topic audit.events`. */
  readonly subject: string;
  /** How it is: one sentence, without a full stop. */
  readonly what: string;
  /** The command that mends it, or what to change where there is none; with every fault and warning. */
  readonly mend?: string;
}

/** Looks at one area of a deployment, and changes nothing. */
export interface Inspection {
  readonly area: string;
  /** Rejects where the area cannot be looked at at all: the error becomes a fault of the area. */
  readonly look: (signal: AbortSignal) => Promise<readonly Finding[]>;
  /** What to do where `look` rejects, or takes too long. */
  readonly mend: (error: unknown) => string;
}
