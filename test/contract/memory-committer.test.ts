import { memoryCommitter, memoryPartition } from '../support/memory-committer.ts';
import { describeCommitter } from './committer-contract.ts';

describeCommitter('memory', async () => {
  const partition = memoryPartition();
  return {
    topic: 'audit.events',
    outputTopic: 'drift.candidates',
    takeOver: async () => memoryCommitter(partition),
    committedOffset: async () => partition.committed?.toString(),
    committedOutputs: async () => partition.outputs.map(({ value }) => String(value)),
  };
});
