import type { AuditEvent, EventActor } from '../model/audit-event.ts';
import { eventWith } from '../model/event-with.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';

type ToldAtBeginning = Pick<
  AuditEvent,
  'request' | 'details' | 'userAgent' | 'sourceIp' | 'resources' | 'actor'
>;

/** What the record of a call's beginning tells that the record of its end leaves out, and when that was. */
export type BegunCall = ToldAtBeginning & Pick<AuditEvent, 'time'>;

const SECOND = 1_000;
/** Machines that write the two records have clocks of their own. */
const CLOCK_SKEW = 60 * SECOND;
const LONGEST_CALL = 24 * 3_600 * SECOND;
/** What is told of a call later than this after its start is taken for the start of another one. */
const LATEST_ACCEPTANCE = 300 * SECOND;

/** Google's end of a call has a request of its type alone, `{"@type": …}`, which tells nothing. */
const tellsSomething = (request: JsonValue | undefined): boolean =>
  isJsonObject(request)
    ? Object.keys(request).some((key) => key !== '@type')
    : request !== undefined && request !== '';

export const begunCall = (event: AuditEvent): BegunCall => ({
  time: event.time,
  request: tellsSomething(event.request) ? event.request : undefined,
  details: event.details,
  userAgent: event.userAgent,
  sourceIp: event.sourceIp,
  resources: event.resources,
  actor: event.actor,
});

const mayBeSame = (one: EventActor, other: EventActor): boolean =>
  one.userUid === undefined ||
  other.userUid === undefined ||
  one.userUid.toLowerCase() === other.userUid.toLowerCase();

/**
 * Whether an end is that of a beginning with the same id, which tenants can send again (Azure's correlation id): of the
 * same actor, where both records tell one, and within 24 hours by their own times.
 */
export const isEndOf = (end: AuditEvent, begun: BegunCall): boolean =>
  mayBeSame(end.actor, begun.actor) &&
  end.time - begun.time >= -CLOCK_SKEW &&
  end.time - begun.time <= LONGEST_CALL;

/** Whether a record only says that a call has been accepted, whose start said more. */
export const isAcceptanceOf = (later: BegunCall, start: BegunCall): boolean =>
  later.request === undefined &&
  start.request !== undefined &&
  mayBeSame(later.actor, start.actor) &&
  Math.abs(later.time - start.time) <= LATEST_ACCEPTANCE;

/**
 * The end of a call with what its beginning told: the outcome is the end's, the request the beginning's. It stays a
 * view, and the end's id, time and bytes are its own.
 */
export const joinedCall = (end: AuditEvent, begun: BegunCall): AuditEvent => {
  const joined: ToldAtBeginning = {
    request: tellsSomething(end.request) ? end.request : (begun.request ?? end.request),
    details: end.details ?? begun.details,
    userAgent: end.userAgent ?? begun.userAgent,
    sourceIp: end.sourceIp ?? begun.sourceIp,
    resources: end.resources.length > 0 ? end.resources : begun.resources,
    actor: end.actor.userUid === undefined ? begun.actor : end.actor,
  };
  return eventWith(end, joined);
};
