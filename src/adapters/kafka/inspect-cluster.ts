import type { Admin, Kafka } from 'kafkajs';
import type { Finding } from '../../pipeline/ports/finding.ts';
import { fetchCommitted } from './committed-offsets.ts';
import { errorMessage, protocolErrorType } from './kafka-error.ts';
import { clusterOf } from './kafkajs-cluster.ts';

export interface ClusterInspection {
  /** Made for `ask`. */
  readonly kafka: Pick<Kafka, 'admin' | 'producer'>;
  /** Connected. */
  readonly admin: Pick<Admin, 'describeCluster' | 'describeGroups' | 'fetchOffsets'>;
  readonly groupId: string;
  /** The topic that the group reads. */
  readonly topic: string;
  /** Addresses, as the tools of Kafka take them. */
  readonly brokers: string;
}

/** By the key of an API: the least version that the service needs, and the first Kafka that has it. */
const NEEDED = [
  { key: 1, name: 'Fetch', version: 11, since: '2.3' },
  { key: 28, name: 'TxnOffsetCommit', version: 2, since: '2.0' },
] as const;

const apiFindings = async (kafka: Pick<Kafka, 'admin'>): Promise<readonly Finding[]> => {
  const subject = 'broker version';
  const cluster = clusterOf(kafka);
  if (cluster === undefined) return [];
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const { versions } = await cluster.findControllerBroker();
    const old = NEEDED.find(({ key, version }) => (versions?.[key]?.maxVersion ?? 0) < version);
    if (old !== undefined) {
      return [
        {
          state: 'fault',
          subject,
          what: `the brokers are older than Kafka ${old.since}: ${old.name} ${old.version} is missing`,
          mend: `upgrade the brokers to Kafka ${old.since} or later`,
        },
      ];
    }
    const what = `Fetch up to version ${versions?.[1]?.maxVersion}, transactions up to ${versions?.[28]?.maxVersion}`;
    return [{ state: 'ok', subject, what }];
  } finally {
    await cluster.disconnect();
  }
};

const ACL = 'kafka-acls.sh --bootstrap-server';

const committedPartitions = async ({
  admin,
  groupId,
  topic,
}: ClusterInspection): Promise<number> => {
  try {
    return (await fetchCommitted(admin, groupId, topic)).size;
  } catch (error) {
    // A topic that is missing is a finding of its own.
    if (protocolErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    return 0;
  }
};

const groupFindings = async (inspection: ClusterInspection): Promise<readonly Finding[]> => {
  const { admin, groupId, brokers } = inspection;
  const subject = `consumer group ${groupId}`;
  try {
    const { groups } = await admin.describeGroups([groupId]);
    const group = groups[0];
    const committed = await committedPartitions(inspection);
    const members = group?.members.length ?? 0;
    const what = `${members} members (${group?.state ?? 'unknown'}), ${committed} partitions with a committed offset`;
    return [{ state: 'ok', subject, what }];
  } catch (error) {
    if (protocolErrorType(error) !== 'GROUP_AUTHORIZATION_FAILED') throw error;
    return [
      {
        state: 'fault',
        subject,
        what: 'this user may not use the group',
        mend: `${ACL} ${brokers} --add --allow-principal User:<user> --operation Read --group ${groupId}`,
      },
    ];
  }
};

/** An id of its own under the prefix of those of the partitions: theirs would take a partition from its member. */
const transactionFindings = async (inspection: ClusterInspection): Promise<readonly Finding[]> => {
  const { kafka, groupId, topic, brokers } = inspection;
  const transactionalId = `${groupId}-${topic}-doctor`;
  const subject = 'transactions';
  const producer = kafka.producer({
    transactionalId,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  try {
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.abort();
    return [{ state: 'ok', subject, what: `transactional ids ${groupId}-* may be used` }];
  } catch (error) {
    // kafkajs loses the kind of the error: a coordinator that is refused looks as if there were none.
    return [
      {
        state: 'fault',
        subject,
        what: `the transactional id ${transactionalId} cannot be used: ${errorMessage(error)}`,
        mend: `${ACL} ${brokers} --add --allow-principal User:<user> --operation Write --operation Describe --transactional-id ${groupId}- --resource-pattern-type prefixed`,
      },
    ];
  } finally {
    await producer.disconnect();
  }
};

/** The brokers as a whole: how many, what they can do, the group and its transactions. Rejects as kafkajs does. */
export const inspectCluster = async (
  inspection: ClusterInspection,
): Promise<readonly Finding[]> => {
  const { brokers, clusterId } = await inspection.admin.describeCluster();
  return [
    {
      state: 'ok',
      subject: 'brokers',
      what: `${brokers.length} in cluster ${clusterId}`,
    },
    ...(await apiFindings(inspection.kafka)),
    ...(await groupFindings(inspection)),
    ...(await transactionFindings(inspection)),
  ];
};
