import type { InputBatch, OutputRecord, UnitCommitter } from '../../src/pipeline/ports.ts';

/** What a broker would remember of one partition: the committed offset, the committed outputs, the last owner. */
export interface MemoryPartition {
  committed: bigint | undefined;
  readonly outputs: OutputRecord[];
  owner: number;
}

export const memoryPartition = (): MemoryPartition => ({
  committed: undefined,
  outputs: [],
  owner: 0,
});

/** A committer over memory: the newest one on a partition owns it, as InitProducerId does it in Kafka. */
export const memoryCommitter = (partition: MemoryPartition): UnitCommitter => {
  partition.owner += 1;
  const epoch = partition.owner;
  return {
    commit: async (batch: InputBatch, outputs, scope) => {
      scope.signal.throwIfAborted();
      const target = BigInt(batch.nextOffset);
      if (partition.committed === target) return;
      const first = BigInt(batch.records[0]?.offset ?? batch.nextOffset);
      if (epoch !== partition.owner || (partition.committed ?? 0n) > first) {
        throw Object.assign(new Error('the partition was lost'), { code: 'partition_lost' });
      }
      partition.outputs.push(...outputs);
      partition.committed = target;
    },
  };
};
