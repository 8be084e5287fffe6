/** Rises when the files are laid out in another way: what an older one wrote is then built anew. */
const STORE_FORMAT = 2;

/** Where the records of a store come from. */
export interface StoreOrigin {
  readonly topic: string;
  /** Kafka's id of the topic; undefined where it cannot be had. */
  readonly topicId: string | undefined;
  /** Undefined where the brokers tell none. */
  readonly clusterId: string | undefined;
}

/** What a store says of itself, written in the transaction of what it speaks of. */
export interface StoreState {
  readonly format: number;
  /** Fingerprint of the schema that payloads are in, hex. */
  readonly schema: string;
  readonly origin: StoreOrigin;
  /** Resources. */
  readonly count: number;
  /** The number of the next resource. */
  readonly next: number;
  /** Resources from this number on are not in the buckets. */
  readonly indexed: number;
  /** A merge under way: resources below `next` are in the buckets below `bucket`. */
  readonly merging: { readonly bucket: number } | null;
  /** One past the last record held, by partition, in decimal. */
  readonly positions: Readonly<Record<string, string>>;
  /** When the store was last known to have all that the topic had, in milliseconds since the epoch; 0: never. */
  readonly currentTime: number;
}

export const emptyState = (schema: string, origin: StoreOrigin): StoreState => ({
  format: STORE_FORMAT,
  schema,
  origin,
  count: 0,
  next: 1,
  indexed: 1,
  merging: null,
  positions: {},
  currentTime: 0,
});

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** The state that a row holds; undefined where it is none of this format. */
export const parseState = (row: Buffer | undefined): StoreState | undefined => {
  if (row === undefined) return undefined;
  let value: Partial<StoreState> | null;
  try {
    value = JSON.parse(row.toString()) as Partial<StoreState> | null;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || value.format !== STORE_FORMAT)
    return undefined;
  const { schema, origin, count, next, indexed, positions, currentTime } = value;
  const sound =
    typeof schema === 'string' &&
    typeof origin?.topic === 'string' &&
    [count, next, indexed, currentTime].every(isCount) &&
    typeof positions === 'object' &&
    Object.values(positions ?? {}).every((each) => /^\d+$/.test(each));
  return sound ? (value as StoreState) : undefined;
};

export interface TopicRange {
  readonly partition: number;
  /** The first offset that the partition has. */
  readonly low: bigint;
  /** One past the last committed record. */
  readonly high: bigint;
}

/** Why a store cannot go on from where it is; undefined where it can. */
export const whyRebuild = (
  state: StoreState,
  wanted: {
    readonly schema: string;
    readonly origin: StoreOrigin;
    readonly ranges: readonly TopicRange[];
    /** Milliseconds that the topic keeps a tombstone at least. */
    readonly tombstonesKeptMs: number;
    readonly now: number;
  },
): string | undefined => {
  const { origin } = wanted;
  if (state.schema !== wanted.schema) return 'it was written with another version of the schema';
  if (state.origin.topic !== origin.topic)
    return `it was filled from the topic ${state.origin.topic}`;
  const differ = (mine: string | undefined, theirs: string | undefined): boolean =>
    mine !== undefined && theirs !== undefined && mine !== theirs;
  if (differ(state.origin.clusterId, origin.clusterId)) return 'it was filled from another cluster';
  if (differ(state.origin.topicId, origin.topicId))
    return 'the topic was deleted and created again';
  const partitions = new Set(wanted.ranges.map(({ partition }) => String(partition)));
  if (Object.keys(state.positions).some((partition) => !partitions.has(partition))) {
    return 'the topic has fewer partitions than it had';
  }
  for (const { partition, low, high } of wanted.ranges) {
    const position = BigInt(state.positions[partition] ?? 0);
    if (position > high) return `partition ${partition} ends at ${high}, before offset ${position}`;
    if (position > 0n && position < low)
      return `partition ${partition} starts at ${low}, after offset ${position}`;
  }
  const behind = wanted.ranges.some(
    ({ partition, high }) => BigInt(state.positions[partition] ?? 0) < high,
  );
  if (behind && state.count > 0 && wanted.now - state.currentTime > wanted.tombstonesKeptMs) {
    return 'it is older than the tombstones that the topic keeps';
  }
  return undefined;
};
