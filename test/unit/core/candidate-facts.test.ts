import { describe, expect, it } from 'vitest';
import type { DriftCandidate } from '../../../src/core/model/drift-candidate.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { contextOf, desired } from './sample-context.ts';
import { eventWith, TERRAFORM_AGENT } from './sample-event.ts';

const group = desired('aws_security_group', 'sg-0aa11bb22cc33dd44', {
  attributes: { id: 'sg-0aa11bb22cc33dd44', ingress: [] },
});

const run = (
  fields: Readonly<Record<string, unknown>> = {},
  context = contextOf([group]),
): ProcessedEvent => processEvent(eventWith(fields), context);

const onlyCandidate = ({ candidates }: ProcessedEvent): DriftCandidate => {
  expect(candidates).toHaveLength(1);
  return candidates[0] as DriftCandidate;
};

describe('the acts of services', () => {
  const fields = {
    sessionCredentialFromConsole: undefined,
    eventType: 'AwsServiceEvent',
    userIdentity: { type: 'AWSService' },
  };

  it('are candidates only where the configuration says so, with the cause', () => {
    expect(run(fields)).toMatchObject({ outcome: 'service', reason: 'cloud_service' });
    const context = contextOf([group], { candidateClasses: ['cloud_service'] });
    expect(onlyCandidate(run(fields, context))).toMatchObject({
      cause: 'service_configured_as_candidate',
      actor: { class: 'cloud_service' },
    });
    const others = contextOf([group], { candidateClasses: ['k8s_controller'] });
    expect(run(fields, others).outcome).toBe('service');
  });
});

describe('a candidate', () => {
  it('tells its cause and the technique', () => {
    expect(onlyCandidate(run())).toMatchObject({
      cause: 'outside_code',
      attacks: [{ sub_technique: { uid: 'T1562.007' } }],
    });
    const claimed = onlyCandidate(
      run({ sessionCredentialFromConsole: undefined, userAgent: TERRAFORM_AGENT }),
    );
    expect(claimed.cause).toBe('iac_user_agent_of_untrusted_principal');
    expect(claimed.severity.reasons.join()).toContain('claims to be an IaC tool');
  });
});

describe('several records of one act', () => {
  const idOf = (fields: Readonly<Record<string, unknown>>): string =>
    onlyCandidate(run({ eventID: 'copy', ...fields })).candidate_id;

  it('give the candidate one id: copies for other accounts', () => {
    const shared = { sharedEventID: 'b4f8-shared' };
    expect(idOf({ ...shared, eventID: 'one' })).toBe(idOf({ ...shared, eventID: 'two' }));
    expect(idOf({ ...shared, eventID: 'one' })).not.toBe(idOf({ eventID: 'one' }));
  });

  it('give the candidate one id: a correction and what it corrects', () => {
    const addendum = { reason: 'UPDATED_DATA', originalEventID: 'first' };
    expect(idOf({ eventID: 'second', addendum })).toBe(idOf({ eventID: 'first' }));
    const late = { reason: 'DELIVERY_DELAY' };
    expect(idOf({ eventID: 'second', addendum: late })).toBe(idOf({ eventID: 'second' }));
  });

  it('keep documents of their own', () => {
    expect(run({ eventID: 'one', sharedEventID: 's' }).event.id).not.toBe(
      run({ eventID: 'two', sharedEventID: 's' }).event.id,
    );
  });

  it('with a shared id of any shape are events all the same', () => {
    for (const sharedEventID of ['', ' ', 'x'.repeat(500), 7, null, ['a']]) {
      expect(idOf({ sharedEventID })).toBe(idOf({}));
    }
  });
});
