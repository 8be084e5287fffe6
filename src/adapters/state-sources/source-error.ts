import type { StateFileFailure } from '../../pipeline/ports.ts';

/** Why a location, or a file of it, cannot be had. Becomes a `StateFileFailure`; never leaves this room. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly reason: StateFileFailure['reason'];

  /** @param message one sentence for a person, without credentials and without content */
  constructor(reason: StateFileFailure['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** The failure that an error tells of; rethrows what is not one of a source. */
export const failureOf = (source: string, error: unknown): StateFileFailure => {
  if (!(error instanceof SourceError)) throw error;
  return { ok: false, reason: error.reason, source, message: error.message };
};

/** What an HTTP status says of a location that should answer with a state. */
export const statusError = (status: number, service: string, cause?: unknown): SourceError => {
  if (status === 401 || status === 403) {
    const message = `${service} refuses the credentials, or they may not read it (HTTP ${status}).`;
    return new SourceError('refused', message, cause);
  }
  if (status === 404) return new SourceError('not_found', `${service} has none there.`, cause);
  if (status === 408 || status === 429 || status >= 500) {
    return new SourceError('unavailable', `${service} is not available (HTTP ${status}).`, cause);
  }
  return new SourceError(
    'not_readable',
    `${service} gives no state (HTTP ${status}): check the location.`,
    cause,
  );
};
