import type { AuditEvent } from '../model/audit-event.ts';
import { eventWith } from '../model/event-with.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';

/** What the record of a call's beginning tells that the record of its end leaves out. */
export type BegunCall = Pick<
  AuditEvent,
  'request' | 'details' | 'userAgent' | 'sourceIp' | 'resources' | 'actor'
>;

/** Google's end of a call has a request of its type alone, `{"@type": …}`, which tells nothing. */
const tellsSomething = (request: JsonValue | undefined): boolean =>
  isJsonObject(request)
    ? Object.keys(request).some((key) => key !== '@type')
    : request !== undefined && request !== '';

export const begunCall = (event: AuditEvent): BegunCall => ({
  request: tellsSomething(event.request) ? event.request : undefined,
  details: event.details,
  userAgent: event.userAgent,
  sourceIp: event.sourceIp,
  resources: event.resources,
  actor: event.actor,
});

/**
 * The end of a call with what its beginning told: the outcome is the end's, the request the beginning's. It stays a
 * view, and the end's id, time and bytes are its own.
 */
export const joinedCall = (end: AuditEvent, begun: BegunCall): AuditEvent => {
  const joined: BegunCall = {
    request: tellsSomething(end.request) ? end.request : (begun.request ?? end.request),
    details: end.details ?? begun.details,
    userAgent: end.userAgent ?? begun.userAgent,
    sourceIp: end.sourceIp ?? begun.sourceIp,
    resources: end.resources.length > 0 ? end.resources : begun.resources,
    actor: end.actor.userUid === undefined ? begun.actor : end.actor,
  };
  return eventWith(end, joined);
};
