import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import type { AclRow } from './acls.ts';
import { protocolErrorType } from './kafka-error.ts';
import { clusterOf, type ClusterBroker, type KafkajsCluster } from './kafkajs-cluster.ts';

/** The first versions that tell what a user may do. Kafka 2.3. */
const METADATA = { key: 3, version: 8, name: 'Metadata' } as const;
const DESCRIBE_GROUPS = { key: 15, version: 3, name: 'DescribeGroups' } as const;

type Api = typeof METADATA | typeof DESCRIBE_GROUPS;
type Operation = AclRow['operation'];

/** Kafka's codes of operations: the bits of an answer. */
const BITS: Readonly<Record<Operation, number>> = {
  Read: 3,
  Write: 4,
  Create: 5,
  Describe: 8,
  DescribeConfigs: 10,
};
/** What brokers answer that do not tell. */
const NOT_TOLD = -0x8000_0000;

/** What the user may do with topics and a group, by their names; one that cannot be seen is missing. */
export interface AuthorizedOperations {
  readonly topics: ReadonlyMap<string, ReadonlySet<Operation>>;
  readonly groups: ReadonlyMap<string, ReadonlySet<Operation>>;
}

const operationsOf = (bits: number): ReadonlySet<Operation> | undefined => {
  if (bits === NOT_TOLD) return undefined;
  const all = Object.entries(BITS) as readonly (readonly [Operation, number])[];
  return new Set(all.flatMap(([operation, bit]) => ((bits >> bit) & 1 ? [operation] : [])));
};

const listOf = (names: readonly string[]): Buffer => {
  const count = Buffer.alloc(4);
  count.writeInt32BE(names.length);
  const texts = names.flatMap((name) => {
    const text = Buffer.from(name);
    const length = Buffer.alloc(2);
    length.writeInt16BE(text.length);
    return [length, text];
  });
  return Buffer.concat([count, ...texts]);
};

/** Reads an answer from its beginning; Kafka's types, big-endian. */
const readerOf = (raw: Buffer) => {
  let at = 0;
  const int16 = (): number => raw.readInt16BE((at += 2) - 2);
  const int32 = (): number => raw.readInt32BE((at += 4) - 4);
  const text = (): string => {
    const length = Math.max(int16(), 0);
    return raw.toString('utf8', at, (at += length));
  };
  return {
    int16,
    int32,
    text,
    skip: (bytes: number): void => void (at += Math.max(bytes, 0)),
    each: (read: () => void): void => {
      for (let left = int32(); left > 0; left -= 1) read();
    },
  };
};

type Told = ReadonlyMap<string, ReadonlySet<Operation>>;

const topicsOf = (raw: Buffer): Told => {
  const { int16, int32, text, skip, each } = readerOf(raw);
  const told = new Map<string, ReadonlySet<Operation>>();
  int32();
  each(() => {
    int32();
    text();
    int32();
    text();
  });
  text();
  int32();
  each(() => {
    const error = int16();
    const name = text();
    skip(1);
    each(() => {
      skip(2 + 4 + 4 + 4);
      for (let lists = 3; lists > 0; lists -= 1) each(() => skip(4));
    });
    const operations = operationsOf(int32());
    if (error === 0 && operations !== undefined) told.set(name, operations);
  });
  return told;
};

const groupsOf = (raw: Buffer): Told => {
  const { int16, int32, text, skip, each } = readerOf(raw);
  const told = new Map<string, ReadonlySet<Operation>>();
  int32();
  each(() => {
    const error = int16();
    const name = text();
    for (let texts = 3; texts > 0; texts -= 1) text();
    each(() => {
      for (let texts = 3; texts > 0; texts -= 1) text();
      skip(int32());
      skip(int32());
    });
    const operations = operationsOf(int32());
    if (error === 0 && operations !== undefined) told.set(name, operations);
  });
  return told;
};

const ask = (
  broker: ClusterBroker,
  api: Api,
  body: Buffer,
  read: (raw: Buffer) => Told,
): Promise<Told> => {
  const Encoder = createRequire(import.meta.url)('kafkajs/src/protocol/encoder.js') as new () => {
    writeBuffer(bytes: Buffer): object;
  };
  if ((broker.versions?.[api.key]?.maxVersion ?? 0) < api.version)
    return Promise.resolve(new Map());
  return broker.connectionPool.send({
    request: {
      apiKey: api.key,
      apiVersion: api.version,
      apiName: api.name,
      encode: () => Promise.resolve(new Encoder().writeBuffer(body)),
    },
    response: {
      decode: (raw) => Promise.resolve({ told: read(raw) }),
      parse: ({ told }: { readonly told: Told }) => Promise.resolve(told),
    },
  });
};

const askGroup = async (cluster: KafkajsCluster, groupId: string): Promise<Told> => {
  try {
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    const body = Buffer.concat([listOf([groupId]), Buffer.from([1])]);
    return await ask(coordinator, DESCRIBE_GROUPS, body, groupsOf);
  } catch (error) {
    if (protocolErrorType(error) !== 'GROUP_AUTHORIZATION_FAILED') throw error;
    return new Map();
  }
};

/**
 * Asks the brokers what this user may do, which tries nothing. Empty with brokers before Kafka 2.3, or another kafkajs.
 * Rejects as kafkajs does.
 */
export const readAuthorizedOperations = async (
  kafka: Pick<Kafka, 'admin'>,
  topics: readonly string[],
  groupId: string,
): Promise<AuthorizedOperations> => {
  const cluster = clusterOf(kafka);
  if (cluster === undefined) return { topics: new Map(), groups: new Map() };
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    // Create no topic; nothing of the cluster; what may be done with the topics.
    const body = Buffer.concat([listOf(topics), Buffer.from([0, 0, 1])]);
    return {
      topics: await ask(broker, METADATA, body, topicsOf),
      groups: await askGroup(cluster, groupId),
    };
  } finally {
    await cluster.disconnect();
  }
};
