import { describe, expect, it } from 'vitest';
import { candidateEntities } from '../../../src/codec/entities.ts';
import { cloudTrailText, eventOf } from './processed-events.ts';
import { bareCandidate, sampleCandidate, sampleResource } from './sample-models.ts';

const user = 'arn:aws:iam::111122223333:user/ops/bob';
const event = eventOf(
  cloudTrailText({
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    requestParameters: { userName: 'bob', path: '/ops/' },
    responseElements: { user: { arn: user, userName: 'bob' } },
    resources: [
      { ARN: 'arn:aws:iam::111122223333:policy/notbob' },
      { ARN: 'arn:aws:sns:eu-central-1:111122223333:bob' },
      { ARN: 'arn:aws:iam::444455556666:role/bob' },
    ],
  }),
);
const created = {
  ...bareCandidate,
  resource: { ...bareCandidate.resource, type: 'aws_iam_user', identity: 'aws_iam_user:bob' },
};

describe('entities of a candidate', () => {
  it('hold the ARNs of the act that end with the id of what no code owns', () => {
    const entities = candidateEntities(created, { event, owners: [] }) ?? [];
    expect(entities).toEqual(expect.arrayContaining(['bob', user]));
    expect(entities.filter((name) => /bob$/.test(name)).toSorted()).toEqual(
      ['aws_iam_user:bob', 'bob', user].toSorted(),
    );
  });

  it('are collected from a payload of a million members in no time', () => {
    const filler = Array.from({ length: 1_000_000 }, () => 1);
    const wide = eventOf(cloudTrailText({ requestParameters: { filler } }));
    const began = process.cpuUsage().user;
    for (let turn = 0; turn < 1_000; turn += 1)
      candidateEntities(created, { event: wide, owners: [] });
    expect(process.cpuUsage().user - began).toBeLessThan(1_000_000);
  });

  it('hold of what code owns the identities that code states, not others of the act', () => {
    const owned = {
      ...sampleCandidate,
      resource: { ...sampleCandidate.resource, identity: 'x:bob' },
    };
    const entities = candidateEntities(owned, { event, owners: [sampleResource] });
    expect(entities).toEqual(expect.arrayContaining([...sampleResource.identities]));
    expect(entities).not.toContain(user);
  });
});
