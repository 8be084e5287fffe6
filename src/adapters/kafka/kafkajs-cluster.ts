import type { Kafka } from 'kafkajs';

/** What kafkajs 2.2.4 sends: a request of its own making, and how to read the answer. */
export interface ClusterRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    /** Gives an encoder of kafkajs. */
    readonly encode: () => Promise<object>;
  };
  readonly response: {
    /** Milliseconds in `clientSideThrottleTime` hold the next request back. */
    readonly decode: (raw: Buffer) => Promise<object>;
    readonly parse: (decoded: never) => Promise<T>;
  };
}

export interface ClusterBroker {
  /** By the key of an API. */
  readonly versions?: Readonly<Record<number, { readonly maxVersion: number } | undefined>>;
  readonly connectionPool: { send<T>(request: ClusterRequest<T>): Promise<T> };
}

/** The part of kafkajs' own cluster that is used here: connections, authentication, metadata. */
export interface KafkajsCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findControllerBroker(): Promise<ClusterBroker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<ClusterBroker>;
  findBroker(broker: { readonly nodeId: string }): Promise<ClusterBroker>;
  findTopicPartitionMetadata(
    topic: string,
  ): readonly { readonly partitionId: number; readonly leader: number }[];
}

/**
 * A cluster of a client's own settings, for requests that kafkajs 2.2.4 has no function for. Undefined with another
 * kafkajs, whose insides differ.
 */
export const clusterOf = (kafka: Pick<Kafka, 'admin'>): KafkajsCluster | undefined => {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (symbol === undefined) return undefined;
  const create = (kafka as unknown as Readonly<Record<symbol, unknown>>)[symbol];
  return typeof create === 'function'
    ? (create as (options: object) => KafkajsCluster)({ allowAutoTopicCreation: false })
    : undefined;
};
