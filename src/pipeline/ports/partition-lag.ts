/** How far a group is behind. */
export interface GroupLag {
  readonly members: number;
  readonly partitions: readonly PartitionLag[];
}

/** How far a group is behind in one partition. */
export interface PartitionLag {
  readonly partition: number;
  /** Undefined: the group has committed nothing yet. */
  readonly committed: bigint | undefined;
  /** One past the last committed record. */
  readonly end: bigint;
  /** Offsets between: records, and what transactions leave between them. */
  readonly records: bigint;
  /** Age of the oldest record that is not committed; 0 where there is none, undefined where it cannot be had. */
  readonly seconds: number | undefined;
  /** An operator has ordered it. */
  readonly paused: boolean;
}
