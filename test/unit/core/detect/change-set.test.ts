import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeSetOf } from '../../../../src/core/detect/change-set.ts';
import type { AuditEvent, EventActor } from '../../../../src/core/model/audit-event.ts';
import type { ActorVerdict } from '../../../../src/core/model/drift-candidate.ts';
import { eventWith } from '../sample-event.ts';

const QUARTER = 15 * 60_000;
const START = Date.UTC(2026, 2, 2, 9);
const cli: ActorVerdict = { class: 'cli_sdk', trusted: false, signals: [], principal: 'p' };
const console: ActorVerdict = { ...cli, class: 'console' };

const at = (time: number, fields: Partial<AuditEvent> = {}): AuditEvent => {
  const event = eventWith({});
  const { provider, account, actor, sourceIp } = event;
  return { ...event, provider, account, actor, sourceIp, time, ...fields };
};
const keyOf = (event: AuditEvent, actor = cli): string => {
  const { who, window } = changeSetOf(event, actor);
  return JSON.stringify([...who, window]);
};
const adjacentOf = (event: AuditEvent, actor = cli): string => {
  const { who, adjacentWindow } = changeSetOf(event, actor);
  return JSON.stringify([...who, adjacentWindow]);
};

const session = (fields: EventActor): Partial<AuditEvent> => ({ actor: fields });

describe('a change set', () => {
  it('holds what one session does in one quarter of an hour', () => {
    expect(keyOf(at(START))).toBe(keyOf(at(START + QUARTER - 1)));
    expect(keyOf(at(START))).not.toBe(keyOf(at(START + QUARTER)));
    expect(keyOf(at(START))).not.toBe(keyOf(at(START, session({ sessionUid: 'other' }))));
    expect(keyOf(at(START))).not.toBe(keyOf(at(START, { account: '999' })));
  });

  it('is one for a person in the console, who has new credentials for each service', () => {
    const one = session({
      userUid: 'arn:aws:sts::1:assumed-role/Admin/kim',
      sessionUid: 'A/ASIA1',
    });
    const two = session({
      userUid: 'arn:aws:sts::1:assumed-role/Admin/kim',
      sessionUid: 'A/ASIA2',
    });
    expect(keyOf(at(START, one), console)).toBe(keyOf(at(START, two), console));
    expect(keyOf(at(START, one))).not.toBe(keyOf(at(START, two)));
  });

  it('goes by the principal where there is no session, then by where the call came from', () => {
    const none = session({});
    expect(keyOf(at(START, none))).not.toBe(
      keyOf(at(START, none), { ...cli, principal: 'somebody else' }),
    );
    const nobody: ActorVerdict = { class: 'unknown', trusted: false, signals: [] };
    expect(keyOf(at(START, { ...none, sourceIp: '198.51.100.1' }), nobody)).not.toBe(
      keyOf(at(START, { ...none, sourceIp: '198.51.100.2' }), nobody),
    );
  });

  it('of a burst over the edge of a window is found whole by the two fields', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: QUARTER / 2 - 1 }),
        fc.integer({ min: -1, max: 1 }),
        (apart, side) => {
          const edge = START + side * QUARTER;
          const before = at(edge - 1);
          const after = at(edge - 1 + apart);
          const ids = [keyOf(before), adjacentOf(before)];
          expect(ids.includes(keyOf(after)) || ids.includes(adjacentOf(after))).toBe(true);
          expect([keyOf(after), adjacentOf(after)]).toContain(keyOf(before));
        },
      ),
    );
  });

  it('has as its neighbour the window next to it whose edge is nearer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: QUARTER - 1 }), (offset) => {
        const neighbour = offset < QUARTER / 2 ? START - 1 : START + QUARTER;
        expect(adjacentOf(at(START + offset))).toBe(keyOf(at(neighbour)));
      }),
    );
  });

  it('is a function of the event alone: any order and any repetition gives the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: START, max: START + 10 * QUARTER }), { maxLength: 20 }),
        (times) => {
          const keys = times.map((time) => keyOf(at(time)));
          const again = times
            .toReversed()
            .map((time) => keyOf(at(time)))
            .toReversed();
          expect(again).toEqual(keys);
        },
      ),
    );
  });
});
