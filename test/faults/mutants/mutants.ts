/** One way to break the delivery on purpose, and the fault test that must then fail. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly testFile: string;
  /** The test that must fail. */
  readonly test: string;
  /** What its failure must say: a test that fails for another reason proves nothing. */
  readonly tells: string;
}

const killPoints = 'test/faults/kafka-kill-points.test.ts';
const zombies = 'test/faults/kafka-zombies.test.ts';
const inputLog = 'test/faults/kafka-input-log.test.ts';
const committer = 'src/adapters/kafka/unit-committer.ts';
const sendOffsets = '      await sendOffsets(transaction, batch.nextOffset, scope);\n';
const sendOutputs = `      for (const topicMessages of outputChunks(outputs, options.limits ?? defaultLimits)) {
        await transaction.sendBatch({ acks: -1, topicMessages: [...topicMessages] });
        scope.signal.throwIfAborted();
      }
`;

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'outputs committed before the offset, in a transaction of their own',
    file: committer,
    find: sendOffsets,
    replace: `      await transaction.commit();
      const second = await producer.transaction();
      await sendOffsets(second, batch.nextOffset, scope);
      await second.commit();
      outcome = 'committed';
      return;
`,
    testFile: killPoints,
    test: 'T03-kill9-app-after-send-before-sendOffsets',
    tells: 'I3 duplicate candidates',
  },
  {
    name: 'offset committed before the outputs, in a transaction of its own',
    file: committer,
    find: sendOutputs + sendOffsets,
    replace: `      await sendOffsets(transaction, batch.nextOffset, scope);
      await transaction.commit();
      const second = await producer.transaction();
      for (const topicMessages of outputChunks(outputs, options.limits ?? defaultLimits)) {
        await second.sendBatch({ acks: -1, topicMessages: [...topicMessages] });
      }
      await second.commit();
      outcome = 'committed';
      return;
`,
    testFile: killPoints,
    test: 'T02-kill9-app-after-bulk-before-send',
    tells: 'I3 acts without a candidate',
  },
  {
    name: 'document ids at random',
    file: 'src/codec/audit-document.ts',
    find: '    id: documentId(event.id),\n',
    replace: '    id: documentId(`${event.id}-${Math.random()}`),\n',
    testFile: killPoints,
    test: 'T02-kill9-app-after-bulk-before-send',
    tells: 'I2 duplicate documents',
  },
  {
    name: 'committed offset not read again after InitProducerId',
    file: committer,
    find: '      const committed = await options.fetchCommitted();\n',
    replace: '      const committed = undefined as Committed | undefined;\n',
    testFile: zombies,
    test: 'T15-offsetfetch-race',
    tells: 'I3 duplicate candidates',
  },
  {
    name: 'transactional id of the process, not of the partition',
    file: 'src/adapters/kafka/transactional-id.ts',
    find: '`${groupId}-${topic}-${partition}`;\n',
    replace: '`${groupId}-${topic}-${partition}-${process.pid}`;\n',
    testFile: zombies,
    test: 'T14-zombie-stall',
    tells: 'I3 duplicate candidates',
  },
  {
    name: 'audit documents written by index, not by create',
    file: 'src/adapters/opensearch/bulk-body.ts',
    find: '  if (write === \'create\') return `{"create":{${target}}}\\n`;\n',
    replace: '  if (write === \'create\') return `{"index":{${target}}}\\n`;\n',
    testFile: inputLog,
    test: 'T32-duplicate-upstream-event',
    tells: 'I3 duplicate candidates',
  },
  {
    name: 'fetches without a record not committed past',
    file: 'src/adapters/kafka/consumer.ts',
    find: '      if (batchSize > 0 || ',
    replace: '      if (batchSize >= 0 || ',
    testFile: inputLog,
    test: 'T22-aborted-upstream-transactions',
    tells: 'not caught up',
  },
];
