import { KafkaError, protocolErrorType } from './kafka-error.ts';

/** One entry of Kafka's access rules that a Driftline process needs: `ALLOW` from any host. */
export interface AclRow {
  readonly resource: 'Topic' | 'Group' | 'TransactionalId' | 'Cluster';
  /** `Prefixed`: every name that starts so. */
  readonly pattern: 'Literal' | 'Prefixed';
  readonly name: string;
  readonly operation: 'Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs';
  readonly purpose: string;
}

interface AclNames {
  readonly groupId: string;
  readonly topics: {
    readonly auditEvents: string;
    readonly desiredState: string;
    readonly driftCandidates: string;
    readonly deadLetters: string;
  };
}

const topic = (name: string, operation: AclRow['operation'], purpose: string): AclRow => ({
  resource: 'Topic',
  pattern: 'Literal',
  name,
  operation,
  purpose,
});

const membership = (groupId: string): readonly AclRow[] => [
  {
    resource: 'Group',
    pattern: 'Literal',
    name: groupId,
    operation: 'Read',
    purpose: 'join the group and commit offsets',
  },
  {
    resource: 'TransactionalId',
    pattern: 'Prefixed',
    name: `${groupId}-`,
    operation: 'Write',
    purpose: 'commit outputs and offset as one, with an id for each partition',
  },
];

/**
 * All that `driftline run` needs, and nothing else: each row is tried alone against a real broker. Describe comes with
 * Read and Write; IdempotentWrite on the cluster comes with Write on a transactional id.
 */
export const runAcls = ({ groupId, topics }: AclNames): readonly AclRow[] => [
  topic(topics.auditEvents, 'Read', 'read audit events'),
  topic(topics.desiredState, 'Read', 'read desired resources; no group is used for it'),
  topic(topics.driftCandidates, 'Write', 'write drift candidates'),
  topic(topics.deadLetters, 'Write', 'write dead letters'),
  ...membership(groupId),
];

/** All that `driftline desired index` needs. `groupId`: its own group, `<kafka.groupId>.desired-index`. */
export const desiredIndexAcls = ({ groupId, topics }: AclNames): readonly AclRow[] => [
  topic(topics.desiredState, 'Read', 'read desired resources'),
  ...membership(groupId),
];

/** To see that a topic is there. */
export const describeAcl = (name: string): AclRow =>
  topic(name, 'Describe', 'see whether it is there');

/** To compare a topic that is there with the configuration. */
export const describeConfigsAcl = (name: string): AclRow =>
  topic(name, 'DescribeConfigs', 'compare its settings');

/** All that `driftline setup` needs. */
export const setupAcls = ({ topics }: Pick<AclNames, 'topics'>): readonly AclRow[] => [
  {
    resource: 'Cluster',
    pattern: 'Literal',
    name: 'kafka-cluster',
    operation: 'Create',
    purpose: 'make the topics that are missing',
  },
  ...[topics.auditEvents, topics.desiredState, topics.driftCandidates, topics.deadLetters].flatMap(
    (name) => [describeAcl(name), describeConfigsAcl(name)],
  ),
];

/** A row as Kafka's own tools name it. */
export const aclText = ({ operation, resource, name, pattern }: AclRow): string =>
  `${operation} on ${resource} ${name}${pattern === 'Prefixed' ? '* (prefixed)' : ''}`;

const RESOURCES: Readonly<Record<string, AclRow['resource']>> = {
  TOPIC_AUTHORIZATION_FAILED: 'Topic',
  GROUP_AUTHORIZATION_FAILED: 'Group',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'TransactionalId',
};

export const deniedBy = (rows: readonly AclRow[], cause?: unknown): KafkaError =>
  new KafkaError(
    'kafka_denied',
    `The brokers do not let this user work: it lacks ${rows.map(aclText).join(', or ')}. deploy/security.md lists the ACLs that are needed.`,
    { retriable: false, ...(cause === undefined ? {} : { cause }) },
  );

/** An error of the brokers that refuses access, with the rows that one of is missing; undefined for any other. */
export const deniedError = (error: unknown, rows: readonly AclRow[]): KafkaError | undefined => {
  if (error instanceof KafkaError && error.code === 'kafka_denied') return error;
  const resource = RESOURCES[protocolErrorType(error) ?? ''];
  const found = rows.filter((row) => row.resource === resource);
  return found.length === 0 ? undefined : deniedBy(found, error);
};
