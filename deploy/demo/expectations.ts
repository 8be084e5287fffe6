import type { DriftCandidate } from '../../src/core/model/drift-candidate.ts';
import { SEVERITIES } from '../../src/core/model/drift-candidate.ts';
import { ownString, type JsonObject } from '../../src/core/model/json.ts';
import type { Check } from './checks.ts';
import { EXPECTED_CANDIDATES, type ExpectedCandidate } from './story/expected-candidates.ts';
import { keyEvents } from './story/key-events.ts';
import type { Story } from './story/story.ts';

/** What the day is meant to come to, against what the services tell. */

const eventId = (record: JsonObject): string =>
  `aws:${ownString(record, 'recipientAccountId') ?? ''}:${ownString(record, 'eventID') ?? ''}`;

const described = (candidate: DriftCandidate): Omit<ExpectedCandidate, 'file'> => {
  const { kind, resource, actor, severity, changes } = candidate;
  return {
    kind,
    ...(resource.address === undefined ? {} : { address: resource.address }),
    ...(resource.environment === 'prod' || resource.environment === 'staging'
      ? { environment: resource.environment }
      : {}),
    actorClass: actor.class,
    trusted: actor.trusted,
    severity: severity.level,
    changes: changes.map(({ path, verdict }) => `${path} ${verdict}` as const).toSorted(),
  };
};

export const candidateChecks = (
  story: Story,
  candidates: readonly DriftCandidate[],
): readonly Check[] => {
  const ids = new Map(keyEvents(story.day).map(({ file, record }) => [file, eventId(record)]));
  const each = EXPECTED_CANDIDATES.map(({ file, ...expected }): Check => {
    const found = candidates.filter(({ event_id }) => event_id === ids.get(file)).map(described);
    return {
      what: `candidate of story/events/${file}.json`,
      expected: [{ ...expected, changes: expected.changes.toSorted() }],
      found,
    };
  });
  const rank = (level: ExpectedCandidate['severity']): number => -SEVERITIES.indexOf(level);
  return [
    { what: 'candidates', expected: EXPECTED_CANDIDATES.length, found: candidates.length },
    {
      what: 'order of the severities, worst first',
      expected: EXPECTED_CANDIDATES.map(({ severity }) => severity).toSorted(
        (one, other) => rank(one) - rank(other),
      ),
      found: candidates.map(({ severity }) => severity.level),
    },
    ...each,
  ];
};

export const outcomeChecks = (
  story: Story,
  outcomes: ReadonlyMap<string, number>,
  deadLetters: number,
): readonly Check[] => {
  const each = Object.entries(story.expected).map(([outcome, expected]): Check => ({
    what: `audit events with the outcome ${outcome}`,
    expected,
    found: outcomes.get(outcome) ?? 0,
  }));
  const indexed = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  return [
    ...each,
    { what: 'dead letters', expected: story.broken, found: deadLetters },
    {
      what: 'records: audit events, second deliveries and dead letters together',
      expected: story.records.length,
      found: indexed + story.duplicates + deadLetters,
    },
  ];
};

/** What the session in which SSH was opened to everybody holds, in order. */
export const SESSION: readonly string[] = [
  'runtime ConsoleLogin',
  'read DescribeInstances',
  'read DescribeInstanceStatus',
  'read DescribeLogGroups',
  'failed StartSession',
  'read DescribeSecurityGroups',
  'read DescribeSecurityGroupRules',
  'candidate AuthorizeSecurityGroupIngress',
  'candidate SendSSHPublicKey',
  'candidate CreateBucket',
  'unresolved DeleteBucketPublicAccessBlock',
];

export const DATABASE = 'larkfield-prod-orders';

/** What was done to the orders database, or tried. */
export const DATABASE_ACTS: readonly string[] = [
  'failed DeleteDBInstance',
  'candidate ModifyDBInstance',
  'candidate ModifyDBInstance',
];

/** Instances in the two states that code manages. */
export const DESIRED_RESOURCES = 56 + 21;
