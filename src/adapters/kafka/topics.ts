import kafkajs, { type Admin } from 'kafkajs';
import { deniedBy, deniedError, describeAcl, describeConfigsAcl, type AclRow } from './acls.ts';
import { KafkaError, protocolErrorType } from './kafka-error.ts';

/** A topic as the configuration wants it. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** Undefined: the brokers' own default. */
  readonly replicationFactor: number | undefined;
  readonly config: Readonly<Record<string, string>>;
}

/** `missing`: it was only looked for. `differs`: it was there and is left as it is, though `notes` tell what it should be. */
export interface TopicReport {
  readonly topic: string;
  readonly action: 'created' | 'missing' | 'unchanged' | 'differs';
  readonly notes: readonly string[];
}

type TopicAdmin = Pick<
  Admin,
  'listTopics' | 'createTopics' | 'fetchTopicMetadata' | 'describeConfigs'
>;

const differences = async (admin: TopicAdmin, spec: TopicSpec): Promise<readonly string[]> => {
  const resource = {
    type: kafkajs.ConfigResourceTypes.TOPIC,
    name: spec.topic,
    configNames: Object.keys(spec.config),
  };
  const { resources } = await admin
    .describeConfigs({ includeSynonyms: false, resources: [resource] })
    .catch((error: unknown) => {
      throw deniedError(error, [describeConfigsAcl(spec.topic)]) ?? error;
    });
  const held = new Map(
    resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue] as const),
    ),
  );
  return Object.entries(spec.config)
    .filter(([name, value]) => held.get(name) !== value)
    .map(([name, value]) => `${name} is ${held.get(name) ?? 'not set'}, should be ${value}`);
};

const BROKER_DEFAULT = -1;

/** What each refused topic asks for. */
const MENDS: Readonly<Record<string, string>> = {
  INVALID_REPLICATION_FACTOR: 'set kafka.setup.replicationFactor to at most the number of brokers',
  INVALID_PARTITIONS: 'set kafka.setup.partitions to at least 1',
  INVALID_TOPIC_EXCEPTION: 'choose another name under kafka.topics',
  // It was not among the topics that the brokers showed.
  TOPIC_ALREADY_EXISTS: 'let this user describe it: deploy/security.md lists the ACLs',
  TOPIC_AUTHORIZATION_FAILED: 'let this user create topics',
  CLUSTER_AUTHORIZATION_FAILED: 'let this user create topics',
  POLICY_VIOLATION: 'the brokers have a policy that refuses the topic as it is configured',
};

const refusal = (error: unknown): string => {
  const { topic, type, message } = error as {
    readonly topic?: unknown;
    readonly type?: unknown;
    readonly message?: unknown;
  };
  const mend = MENDS[String(type)];
  return `${String(topic)}: ${String(message)}${mend === undefined ? '' : ` (${mend})`}`;
};

/**
 * @throws KafkaError `topic_refused` that names each topic, why, and what to do; `kafka_denied` where they are there and
 * the brokers do not show them
 */
const createTopics = async (admin: TopicAdmin, missing: readonly TopicSpec[]): Promise<void> => {
  try {
    const isMade = await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ topic, partitions, replicationFactor, config }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replicationFactor ?? BROKER_DEFAULT,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      })),
    });
    if (isMade) return;
    // All of them exist: somebody has made them at this moment, or this user may not see them.
    const there = new Set(await admin.listTopics());
    const hidden = missing.filter(({ topic }) => !there.has(topic));
    if (hidden.length > 0) throw deniedBy(hidden.map(({ topic }) => describeAcl(topic)));
  } catch (error) {
    const errors: unknown = error instanceof Error && 'errors' in error ? error.errors : undefined;
    if (!Array.isArray(errors)) throw error;
    throw new KafkaError(
      'topic_refused',
      `The brokers did not create these topics: ${errors.map(refusal).join('; ')}`,
      { retriable: false, cause: error },
    );
  }
};

/**
 * Creates the topics that are missing and compares the others. Never alters a topic: partitions decide the order per
 * key, and retention is the operator's. Safe to repeat.
 * @param create false: only looks
 */
export const ensureTopics = async (
  admin: TopicAdmin,
  specs: readonly TopicSpec[],
  create = true,
): Promise<readonly TopicReport[]> => {
  const there = new Set(await admin.listTopics());
  const missing = specs.filter(({ topic }) => !there.has(topic));
  if (create && missing.length > 0) await createTopics(admin, missing);
  const reports: TopicReport[] = [];
  for (const spec of specs) {
    if (missing.includes(spec)) {
      reports.push({ topic: spec.topic, action: create ? 'created' : 'missing', notes: [] });
      continue;
    }
    const notes = await differences(admin, spec);
    reports.push({
      topic: spec.topic,
      action: notes.length === 0 ? 'unchanged' : 'differs',
      notes,
    });
  }
  return reports;
};

/** Topics that are there, and this user may not see: asked for by name, the brokers say so. */
const hiddenTopics = async (
  admin: Pick<Admin, 'fetchTopicMetadata'>,
  topics: readonly string[],
): Promise<readonly string[]> => {
  const hidden: string[] = [];
  for (const topic of topics) {
    try {
      await admin.fetchTopicMetadata({ topics: [topic] });
    } catch (error) {
      if (protocolErrorType(error) === 'TOPIC_AUTHORIZATION_FAILED') hidden.push(topic);
      else if (protocolErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    }
  }
  return hidden;
};

/** @throws KafkaError `topic_missing` that names each topic that is not there, `kafka_denied` with the missing ACLs */
export const requireTopics = async (
  admin: Pick<Admin, 'listTopics' | 'fetchTopicMetadata'>,
  topics: readonly string[],
  acls: readonly AclRow[] = [],
): Promise<void> => {
  const there = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !there.has(topic));
  if (missing.length === 0) return;
  const hidden = await hiddenTopics(admin, missing);
  const denied = acls.filter(({ resource, name }) => resource === 'Topic' && hidden.includes(name));
  if (denied.length > 0) throw deniedBy(denied);
  throw new KafkaError(
    'topic_missing',
    `These topics do not exist, or this user may not see them: ${missing.join(', ')}. Run \`driftline setup\`.`,
    { retriable: false },
  );
};
