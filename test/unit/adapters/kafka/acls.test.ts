import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  consumptionOrderAcls,
  consumptionStatusAcls,
  deadLettersHandlingAcls,
  deniedError,
  desiredIndexAcls,
  desiredPublishAcls,
  doctorAcls,
  lagAcls,
  runAcls,
  setupAcls,
  type AclRow,
} from '../../../../src/adapters/kafka/acls.ts';
import { KafkaError } from '../../../../src/adapters/kafka/kafka-error.ts';
import { SCHEMA } from '../../../../src/config/schema.ts';

const { topics, groupId } = SCHEMA.kafka;
const names = {
  groupId: groupId.default,
  topics: {
    auditEvents: topics.auditEvents.default,
    desiredState: topics.desiredState.default,
    driftCandidates: topics.driftCandidates.default,
    deadLetters: topics.deadLetters.default,
  },
};
const rows = runAcls(names);
const indexRows = desiredIndexAcls({ ...names, groupId: `${names.groupId}.desired-index` });

const line = ({ operation, resource, pattern, name, purpose }: AclRow): string =>
  `| ${operation} | ${resource} | ${pattern.toLowerCase()} | \`${name}\` | ${purpose} |`;

describe('the ACLs of the service', () => {
  it('stand in the documentation under the default names, and no others', () => {
    const page = readFileSync(
      new URL('../../../../deploy/security.md', import.meta.url),
      'utf8',
    ).replaceAll(/ +/g, ' ');
    const table = page
      .split('\n')
      .filter((text) => /^\| (Read|Write|Create|Describe|DescribeConfigs) \|/.test(text));
    const commands = [
      desiredPublishAcls,
      deadLettersHandlingAcls,
      consumptionStatusAcls,
      consumptionOrderAcls,
      lagAcls,
      doctorAcls,
      setupAcls,
    ];
    const all = [...rows, ...indexRows, ...commands.flatMap((acls) => acls(names))];
    expect(table).toEqual(all.map(line));
  });

  it.each([
    ['GROUP_AUTHORIZATION_FAILED', 'Read on Group driftline.'],
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'Write on TransactionalId driftline-* (prefixed).'],
  ])('are named where the brokers answer %s', (type, text) => {
    const refused = new KafkaError('kafka_crashed', 'ended', {
      retriable: true,
      cause: Object.assign(new Error('no'), { type }),
    });
    expect(deniedError(refused, rows)).toMatchObject({ code: 'kafka_denied', retriable: false });
    expect(deniedError(refused, rows)?.message).toContain(text);
  });

  const topicRefused = (type: string, code: 'output_refused' | 'kafka_crashed') =>
    deniedError(
      new KafkaError(code, 'ended', {
        retriable: false,
        cause: Object.assign(new Error('no'), { type }),
      }),
      desiredPublishAcls(names),
    )?.message;

  it.each([
    ['TOPIC_AUTHORIZATION_FAILED', 'output_refused', 'Write', 'Read'],
    ['TOPIC_AUTHORIZATION_FAILED', 'kafka_crashed', 'Read', 'Write'],
  ] as const)('are told apart where %s comes of %s', (type, code, named, other) => {
    expect(topicRefused(type, code)).toContain(`${named} on Topic desired.state`);
    expect(topicRefused(type, code)).not.toContain(`${other} on Topic desired.state`);
  });

  it('are not what any other error is about', () => {
    expect(deniedError(new Error('away'), rows)).toBeUndefined();
    expect(
      deniedError(Object.assign(new Error('no'), { type: 'NOT_LEADER_FOR_PARTITION' }), rows),
    ).toBeUndefined();
    expect(
      deniedError(Object.assign(new Error('no'), { type: 'OPERATION_NOT_ATTEMPTED' }), rows),
    ).toBeUndefined();
  });
});
