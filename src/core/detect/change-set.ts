import type { AuditEvent } from '../model/audit-event.ts';
import type { ActorVerdict } from '../model/drift-candidate.ts';

/** Windows are the quarters of an hour, UTC. */
const WINDOW_MS = 15 * 60_000;

export interface ChangeSet {
  /** Provider, account and session. */
  readonly who: readonly [string, string, string];
  /** The number of the window that the act is in. */
  readonly window: number;
  /** That of the window whose edge is nearer to the act. */
  readonly adjacentWindow: number;
}

/**
 * Whose acts belong together. The console hands out new credentials for each service that a person opens, so there it
 * is the principal with the session's name; elsewhere the session, else the principal, else where the call came from.
 */
const sessionOf = ({ actor, sourceIp }: AuditEvent, verdict: ActorVerdict): string =>
  (verdict.class === 'console' ? actor.userUid : undefined) ??
  actor.sessionUid ??
  verdict.principal ??
  sourceIp ??
  '';

/**
 * The change set of an act: a pure function of the event, so that a replay gives the same, and nothing has to be
 * remembered. The price is at the edges: a burst over the end of a window has two ids. So each act also names the
 * nearer neighbour: who searches both fields for one id has that window and seven and a half minutes on both sides.
 */
export const changeSetOf = (event: AuditEvent, actor: ActorVerdict): ChangeSet => {
  const { provider, account = '', time } = event;
  const window = Math.floor(time / WINDOW_MS);
  const isLate = time - window * WINDOW_MS >= WINDOW_MS / 2;
  return {
    who: [provider, account, sessionOf(event, actor)],
    window,
    adjacentWindow: isLate ? window + 1 : window - 1,
  };
};
