import { decodeRecord } from '../../../src/codec/decode-record.ts';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { sampleCandidate, sampleResource } from './sample-models.ts';

/** The audit events of a JSON text. */
export const eventsOf = (text: string | Buffer): readonly AuditEvent[] => {
  const decoded = decodeRecord(Buffer.from(text));
  if (decoded instanceof Promise) throw new Error('Expected an answer without waiting.');
  return decoded.events;
};

export const cloudTrailText = (more: object = {}): string =>
  JSON.stringify({
    eventVersion: '1.08',
    eventID: '4a5b',
    eventTime: '2026-01-31T23:59:59Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AuthorizeSecurityGroupIngress',
    eventType: 'AwsApiCall',
    awsRegion: 'eu-central-1',
    recipientAccountId: '111122223333',
    readOnly: false,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'Mozilla/5.0',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/Admin/kim',
      principalId: 'AROA:kim',
      accountId: '111122223333',
      accessKeyId: 'ASIA',
      sessionContext: {
        sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/Admin' },
        attributes: { mfaAuthenticated: 'true' },
        sourceIdentity: 'kim@example.org',
        webIdFederationData: { federatedProvider: 'idp.example.org' },
      },
      invokedBy: 'cloudformation.amazonaws.com',
    },
    requestParameters: { groupId: 'sg-0a1b', cidr: 'free text here' },
    responseElements: { securityGroupRuleId: 'sgr-1' },
    resources: [{ ARN: 'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-0a1b' }],
    errorCode: 'None',
    ...more,
  });

export const eventOf = (text: string): AuditEvent => {
  const [event] = eventsOf(text);
  if (event === undefined) throw new Error('Expected one audit event.');
  return event;
};

export const asRead = (event: AuditEvent): ProcessedEvent => ({
  event,
  outcome: 'read',
  reason: 'read_only',
  owners: [],
  candidates: [],
  unmapped: false,
});

export const asCandidate = (event: AuditEvent): ProcessedEvent => ({
  event,
  outcome: 'candidate',
  reason: 'changed',
  actor: sampleCandidate.actor,
  owners: [sampleResource],
  candidates: [sampleCandidate],
  unmapped: true,
});
