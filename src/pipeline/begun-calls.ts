import type { DecodedRecord } from '../codec/decoded-record.ts';
import type { AuditEvent } from '../core/model/audit-event.ts';
import {
  begunCall,
  isAcceptanceOf,
  isEndOf,
  joinedCall,
  type BegunCall,
} from '../core/normalize/joined-call.ts';

/** Joins the end of a long call to its beginning. */
export interface BegunCalls {
  /** The record's events, the ends of calls with what their beginnings told; beginnings are remembered. */
  readonly join: (decoded: DecodedRecord) => DecodedRecord;
}

export interface BegunCallLimits {
  /** Calls that are remembered; the oldest is forgotten. Default 20,000. */
  readonly maxCalls?: number;
  /** Size of their records together. Default 32 MiB. */
  readonly maxBytes?: number;
}

const MAX_CALLS = 20_000;
const MAX_BYTES = 32 * 1024 * 1024;

interface Remembered {
  readonly call: BegunCall;
  readonly bytes: number;
  /** The event that ended the call: it is joined again where it is read again, and no other one is. */
  endedBy?: string;
}

/**
 * Azure and Google record a call when it begins, with the request, and again when it ends, with the outcome. The end
 * makes the candidate, so that a call makes one, and none where it fails later; the beginning is an event of its own
 * with the outcome `runtime` (`call_begun`).
 *
 * Only the first end is joined, of the same actor, within 24 hours: an id that is sent again brings no old request.
 * The two meet where they stand in one record, in whatever order, or where this process has seen the beginning before.
 * Otherwise the end stands alone: after a restart between the two, in another worker (give both the same key), or where
 * it was delivered first. Then the attributes that only the request tells are missing; and where only the beginning
 * names the tool or the caller, a call of code is a candidate. Nothing is kept back to wait for the other half.
 */
export const createBegunCalls = ({
  maxCalls = MAX_CALLS,
  maxBytes = MAX_BYTES,
}: BegunCallLimits = {}): BegunCalls => {
  const calls = new Map<string, Remembered>();
  let bytes = 0;

  const forget = (uid: string): void => {
    bytes -= calls.get(uid)?.bytes ?? 0;
    calls.delete(uid);
  };

  const remember = (uid: string, event: AuditEvent): void => {
    const call = begunCall(event);
    // That Azure has accepted a call is told after its start, and says less.
    const known = calls.get(uid);
    if (known !== undefined && known.endedBy === undefined && isAcceptanceOf(call, known.call)) {
      return;
    }
    forget(uid);
    calls.set(uid, { call, bytes: event.raw.length });
    bytes += event.raw.length;
    for (const oldest of calls.keys()) {
      if (calls.size <= maxCalls && bytes <= maxBytes) break;
      forget(oldest);
    }
  };

  const joinedEnd = (event: AuditEvent): AuditEvent => {
    const begun = event.call?.phase === 'ended' ? calls.get(event.call.uid) : undefined;
    if (begun === undefined || (begun.endedBy ?? event.id) !== event.id) return event;
    if (!isEndOf(event, begun.call)) return event;
    begun.endedBy = event.id;
    return joinedCall(event, begun.call);
  };

  return {
    join: (decoded) => {
      let ends = 0;
      for (const event of decoded.events) {
        const { call } = event;
        if (call?.phase === 'begun') remember(call.uid, event);
        else if (call?.phase === 'ended') ends += 1;
      }
      if (ends === 0) return decoded;
      return { ...decoded, events: decoded.events.map(joinedEnd) };
    },
  };
};

/** A decoder whose events of long calls are joined, under the memory of one `createBegunCalls`. */
export const joiningCalls = <Input extends readonly unknown[]>(
  decode: (...input: Input) => DecodedRecord | Promise<DecodedRecord>,
): ((...input: Input) => DecodedRecord | Promise<DecodedRecord>) => {
  const { join } = createBegunCalls();
  return (...input) => {
    const decoded = decode(...input);
    return decoded instanceof Promise ? decoded.then(join) : join(decoded);
  };
};
