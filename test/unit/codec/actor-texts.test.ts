import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorTexts } from '../../../src/codec/actor-texts.ts';
import type { EventActor } from '../../../src/core/model/audit-event.ts';

/** Few letters, so that names of several actors put together often read the same. */
const name = fc.option(
  fc.string({ unit: fc.constantFrom('a', ':', ';', '1'), minLength: 1, maxLength: 3 }),
  {
    nil: undefined,
  },
);
const actor: fc.Arbitrary<EventActor> = fc.record({
  userType: name,
  userUid: name,
  userName: name,
  accountUid: name,
  credentialUid: name,
  sessionUid: name,
  sessionIssuer: name,
  sessionMfa: fc.constantFrom(true, false, undefined),
  invokedBy: name,
  sourceIdentity: name,
  federatedProvider: name,
  appUid: name,
});

const written = (each: EventActor): unknown => JSON.parse(`{${actorTexts(each).member.slice(1)}}`);

describe('the texts of an actor', () => {
  it('are those of this actor, whoever else was seen before', () => {
    fc.assert(
      fc.property(actor, (each) => {
        const { user, session } = (
          written(each) as { actor: { user: Record<string, unknown>; session?: { uid?: string } } }
        ).actor;
        expect(user['uid']).toBe(each.userUid);
        expect(user['type']).toBe(each.userType);
        expect(user['credential_uid']).toBe(each.credentialUid);
        expect(session?.uid).toBe(each.sessionUid);
        const names = [
          each.userUid,
          each.userName,
          each.credentialUid,
          each.sessionUid,
          each.sessionIssuer,
          each.sourceIdentity,
        ];
        const { entities, entitiesJson } = actorTexts(each);
        expect(entities).toEqual([...new Set(names.filter((one) => one !== undefined))]);
        expect(JSON.parse(`[${entitiesJson}]`)).toEqual(entities);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are made once for each of the services that act without session and principal', () => {
    const service = (invokedBy: string): EventActor => ({ userType: 'AWSService', invokedBy });
    const first = actorTexts(service('ec2.amazonaws.com'));
    expect(actorTexts(service('ssm.amazonaws.com'))).not.toBe(first);
    expect(actorTexts(service('ec2.amazonaws.com'))).toBe(first);
  });

  it('are made once for a session', () => {
    const session: EventActor = { userUid: 'arn:aws:iam::1:user/kim', sessionUid: 'AIDA/AKIA' };
    expect(actorTexts({ ...session })).toBe(actorTexts({ ...session }));
  });
});
