import type { AuditEvent } from '../core/model/audit-event.ts';
import { eventWith } from '../core/model/event-with.ts';

/**
 * The same act under another id: for one whose id another act has already. It stays a view, whose fields are decoded
 * only when asked for.
 */
export const eventUnderId = (event: AuditEvent, id: string): AuditEvent => eventWith(event, { id });

/** An id that no other content has: the event's own and the start of its record's hash. */
export const ownId = (id: string, hash: string): string => `${id}~${hash.slice(0, 16)}`;
