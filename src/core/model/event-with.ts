import type { AuditEvent } from './audit-event.ts';

/** The event with some fields of others. It stays a view: what is not asked for is not decoded. */
export const eventWith = (event: AuditEvent, fields: Partial<AuditEvent>): AuditEvent =>
  new Proxy(event, {
    get: (target, name): unknown =>
      Object.hasOwn(fields, name)
        ? fields[name as keyof AuditEvent]
        : Reflect.get(target, name, target),
  });
