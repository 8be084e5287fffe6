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

export interface AclNames {
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

/** Many scopes are published under one prefix: whoever may publish may publish every scope. */
export const desiredTransactionalIdPrefix = (desiredState: string): string => `${desiredState}-`;

/** All that `driftline desired publish` and `desired watch` need; what only reads needs the first row. */
export const desiredPublishAcls = ({ topics }: Pick<AclNames, 'topics'>): readonly AclRow[] => [
  topic(topics.desiredState, 'Read', 'read what is published; no group is used for it'),
  topic(topics.desiredState, 'Write', 'publish desired resources'),
  {
    resource: 'TransactionalId',
    pattern: 'Prefixed',
    name: desiredTransactionalIdPrefix(topics.desiredState),
    operation: 'Write',
    purpose: 'publish a state as one, with an id for each scope',
  },
];

export const deadLettersTransactionalId = (groupId: string): string => `${groupId}-dead-letters`;

/** All that `driftline dead-letters list` and `show` need. */
export const deadLettersReadAcls = ({ groupId, topics }: AclNames): readonly AclRow[] => [
  topic(topics.deadLetters, 'Read', 'read dead letters'),
  {
    resource: 'Group',
    pattern: 'Prefixed',
    name: `${groupId}-dead-letters-`,
    operation: 'Read',
    purpose: 'read them, in a group of one command each time',
  },
];

/** All that `driftline dead-letters replay` and `discard` need. */
export const deadLettersHandlingAcls = (names: AclNames): readonly AclRow[] => [
  ...deadLettersReadAcls(names),
  topic(names.topics.deadLetters, 'Write', 'mark dead letters as dealt with'),
  topic(names.topics.auditEvents, 'Write', 'send records back; `discard` does without'),
  {
    resource: 'TransactionalId',
    pattern: 'Literal',
    name: deadLettersTransactionalId(names.groupId),
    operation: 'Write',
    purpose: 'send and mark as one',
  },
];

const groupRow = (name: string, operation: 'Read' | 'Describe', purpose: string): AclRow => ({
  resource: 'Group',
  pattern: 'Literal',
  name,
  operation,
  purpose,
});

/** All that `driftline consumption status` needs. */
export const consumptionStatusAcls = ({ groupId, topics }: AclNames): readonly AclRow[] => [
  topic(topics.auditEvents, 'Describe', 'see where partitions begin and end'),
  groupRow(groupId, 'Describe', 'see what the group has committed'),
];

/** All that `driftline consumption pause`, `resume`, `seek` and `skip` need. */
export const consumptionOrderAcls = ({ groupId, topics }: AclNames): readonly AclRow[] => [
  topic(topics.auditEvents, 'Read', 'commit offsets of it'),
  topic(
    topics.deadLetters,
    'Write',
    'declare what is passed over; `pause` and `resume` do without',
  ),
  groupRow(groupId, 'Read', 'commit offsets of the group'),
  {
    resource: 'TransactionalId',
    pattern: 'Prefixed',
    name: `${groupId}-`,
    operation: 'Write',
    purpose: 'take a partition from its member for the order',
  },
];

/** All that `driftline lag` needs. */
export const lagAcls = ({ groupId, topics }: AclNames): readonly AclRow[] => [
  topic(topics.auditEvents, 'Read', 'read the age of what is not committed'),
  groupRow(groupId, 'Describe', 'see what the group has committed'),
];

const everyTopic = ({ topics }: Pick<AclNames, 'topics'>): readonly string[] => [
  topics.auditEvents,
  topics.desiredState,
  topics.driftCandidates,
  topics.deadLetters,
];

/** All that `driftline doctor` needs to look at everything. */
export const doctorAcls = (names: AclNames): readonly AclRow[] => [
  ...everyTopic(names).flatMap((name) => [describeAcl(name), describeConfigsAcl(name)]),
  groupRow(names.groupId, 'Describe', 'see members and what is committed'),
  {
    resource: 'TransactionalId',
    pattern: 'Prefixed',
    name: `${names.groupId}-`,
    operation: 'Write',
    purpose: 'try a transaction that writes nothing',
  },
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
  ...everyTopic({ topics }).flatMap((name) => [describeAcl(name), describeConfigsAcl(name)]),
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
  const type = protocolErrorType(error) ?? '';
  const resource = RESOURCES[type];
  const found = rows.filter((row) => row.resource === resource);
  // The brokers do not say which topic, but what was refused was a write or it was none.
  const isWrite = error instanceof KafkaError && error.code === 'output_refused';
  const likely = found.filter(
    (row) => row.resource !== 'Topic' || (row.operation === 'Write') === isWrite,
  );
  if (found.length === 0) return undefined;
  return deniedBy(likely.length === 0 ? found : likely, error);
};

/** Does the work; where the brokers refuse access, the error names the rows that one of is missing. */
export const explainingDenial = async <T>(
  rows: readonly AclRow[],
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw deniedError(error, rows) ?? error;
  }
};
