import kafkajs, { type Admin } from 'kafkajs';
import type { Finding } from '../../pipeline/ports/finding.ts';
import { protocolErrorType } from './kafka-error.ts';
import type { TopicSpec } from './topics.ts';

/** How a topic should be; `cleanup` is what must happen to records that have become old. */
export interface WantedTopic extends TopicSpec {
  readonly cleanup: 'compact' | 'delete';
}

export interface TopicInspection {
  /** Connected. */
  readonly admin: Pick<Admin, 'fetchTopicMetadata' | 'describeConfigs'>;
  readonly topics: readonly WantedTopic[];
  /** Addresses, as the tools of Kafka take them. */
  readonly brokers: string;
  /** The command that creates what is missing. */
  readonly setup: string;
}

type Partition = Awaited<
  ReturnType<Admin['fetchTopicMetadata']>
>['topics'][number]['partitions'][number];

const SAFE_REPLICAS = 3;
const DAY_MS = 86_400_000;
const CONFIGS = [
  'cleanup.policy',
  'min.insync.replicas',
  'max.message.bytes',
  'retention.ms',
  'delete.retention.ms',
];

interface Place {
  readonly subject: string;
  readonly topic: string;
  readonly brokers: string;
}

const alter = ({ topic, brokers }: Place, config: string): string =>
  `kafka-configs.sh --bootstrap-server ${brokers} --alter --entity-type topics --entity-name ${topic} --add-config ${config}`;

const partitionFindings = (
  place: Place,
  wanted: WantedTopic,
  partitions: readonly Partition[],
  minInsync: number,
): readonly Finding[] => {
  const { subject, topic, brokers } = place;
  const found: Finding[] = [];
  const without = partitions.filter(({ leader }) => leader < 0);
  if (without.length > 0) {
    found.push({
      state: 'fault',
      subject,
      what: `${without.length} of ${partitions.length} partitions have no leader`,
      mend: `kafka-topics.sh --bootstrap-server ${brokers} --describe --topic ${topic} --unavailable-partitions`,
    });
  }
  const starved = partitions.filter(({ leader, isr }) => leader >= 0 && isr.length < minInsync);
  const replicas = Math.min(...partitions.map((each) => each.replicas.length));
  if (minInsync > replicas) {
    found.push({
      state: 'fault',
      subject,
      what: `min.insync.replicas is ${minInsync} and a partition has ${replicas} replicas: nothing can be written to it`,
      mend: alter(place, `min.insync.replicas=${Math.max(1, replicas - 1)}`),
    });
  } else if (starved.length > 0) {
    found.push({
      state: 'fault',
      subject,
      what: `${starved.length} partitions have fewer replicas in sync than min.insync.replicas (${minInsync}): nothing can be written to them`,
      mend: `kafka-topics.sh --bootstrap-server ${brokers} --describe --topic ${topic} --under-min-isr-partitions`,
    });
  } else if (replicas >= SAFE_REPLICAS && minInsync < 2) {
    found.push({
      state: 'warning',
      subject,
      what: `min.insync.replicas is ${minInsync}: the loss of one broker can lose records that were acknowledged`,
      mend: alter(place, 'min.insync.replicas=2'),
    });
  }
  if (wanted.replicationFactor !== undefined && replicas < wanted.replicationFactor) {
    found.push({
      state: 'warning',
      subject,
      what: `has ${replicas} replicas, kafka.setup.replicationFactor says ${wanted.replicationFactor}`,
      mend: `kafka-reassign-partitions.sh --bootstrap-server ${brokers} --reassignment-json-file plan.json --execute`,
    });
  }
  if (partitions.length < wanted.partitions) {
    found.push({
      state: 'warning',
      subject,
      what: `has ${partitions.length} partitions, kafka.setup.partitions says ${wanted.partitions}: more members than partitions stay idle`,
      mend: `kafka-topics.sh --bootstrap-server ${brokers} --alter --topic ${topic} --partitions ${wanted.partitions}`,
    });
  }
  return found;
};

const CLEANUP_WHY = {
  compact: 'desired resources would end with their time, though code still owns them',
  delete: 'records of one key would be thrown away for the newest of them',
} as const;

const configFindings = (
  place: Place,
  wanted: WantedTopic,
  held: ReadonlyMap<string, string>,
): readonly Finding[] => {
  const { subject } = place;
  const found: Finding[] = [];
  const number = (name: string): number => Number(held.get(name) ?? Number.NaN);
  const policy = held.get('cleanup.policy');
  if (policy !== undefined && policy !== wanted.cleanup) {
    found.push({
      state: 'fault',
      subject,
      what: `cleanup.policy is ${policy}, must be ${wanted.cleanup}: ${CLEANUP_WHY[wanted.cleanup]}`,
      mend: alter(place, `cleanup.policy=${wanted.cleanup}`),
    });
  }
  const wantedBytes = Number(wanted.config['max.message.bytes'] ?? Number.NaN);
  if (number('max.message.bytes') < wantedBytes) {
    found.push({
      state: 'warning',
      subject,
      what: `max.message.bytes is ${number('max.message.bytes')}, should be ${wantedBytes}: a candidate or a dead letter of a large record is refused`,
      mend: alter(place, `max.message.bytes=${wantedBytes}`),
    });
  }
  const retention = number('retention.ms');
  if (wanted.cleanup === 'delete' && retention >= 0 && retention < DAY_MS) {
    found.push({
      state: 'warning',
      subject,
      what: `retention.ms is ${retention}: an outage of ${Math.round(retention / 60_000)} minutes loses records`,
      mend: alter(place, `retention.ms=${7 * DAY_MS}`),
    });
  }
  if (wanted.cleanup === 'compact' && number('delete.retention.ms') < DAY_MS) {
    found.push({
      state: 'warning',
      subject,
      what: `delete.retention.ms is ${number('delete.retention.ms')}: the local store of a worker that was away for longer is built anew`,
      mend: alter(place, `delete.retention.ms=${DAY_MS}`),
    });
  }
  return found;
};

const readConfigs = async (
  { admin }: TopicInspection,
  topic: string,
): Promise<ReadonlyMap<string, string> | undefined> => {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: [...CONFIGS] },
      ],
    });
    return new Map(
      (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [
        configName,
        configValue,
      ]),
    );
  } catch (error) {
    // A right of its own, which the service does not need.
    if (protocolErrorType(error)?.endsWith('AUTHORIZATION_FAILED') === true) return undefined;
    throw error;
  }
};

const inspectTopic = async (
  inspection: TopicInspection,
  wanted: WantedTopic,
): Promise<readonly Finding[]> => {
  const { admin, brokers, setup } = inspection;
  const { topic } = wanted;
  const place = { subject: `topic ${topic}`, topic, brokers };
  const { subject } = place;
  let partitions: readonly Partition[];
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    partitions = topics[0]?.partitions ?? [];
  } catch (error) {
    const type = protocolErrorType(error);
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
      return [{ state: 'fault', subject, what: 'does not exist', mend: setup }];
    }
    if (type !== 'TOPIC_AUTHORIZATION_FAILED') throw error;
    const what = 'this user may not see it';
    const mend = `kafka-acls.sh --bootstrap-server ${brokers} --add --allow-principal User:<user> --operation Describe --topic ${topic}`;
    return [{ state: 'fault', subject, what, mend }];
  }
  const held = await readConfigs(inspection, topic);
  const found = [
    ...partitionFindings(place, wanted, partitions, Number(held?.get('min.insync.replicas') ?? 1)),
    ...(held === undefined
      ? [
          {
            state: 'skipped',
            subject,
            what: 'its settings cannot be looked at: this user may not describe them',
            mend: `kafka-acls.sh --bootstrap-server ${brokers} --add --allow-principal User:<user> --operation DescribeConfigs --topic ${topic}`,
          } as const,
        ]
      : configFindings(place, wanted, held)),
  ];
  if (found.length > 0) return found;
  const replicas = partitions[0]?.replicas.length ?? 0;
  const what = `${partitions.length} partitions, ${replicas} replicas, ${held?.get('cleanup.policy') ?? ''}`;
  return [{ state: 'ok', subject, what }];
};

/** Compares topics with how they should be. Rejects as kafkajs does where the brokers cannot be asked. */
export const inspectTopics = async (inspection: TopicInspection): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  for (const wanted of inspection.topics) found.push(...(await inspectTopic(inspection, wanted)));
  return found;
};
