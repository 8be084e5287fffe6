import { beforeAll, describe, expect } from 'vitest';
import { registerCompressionCodecs } from '../../src/adapters/kafka/compression.ts';
import { readEvent } from '../support/cloudtrail-fixture.ts';
import { withAdmin } from '../support/kafka-reader.ts';
import { faultStackOptions } from './support/fault-stack.ts';
import { faultTest } from './support/fault-test.ts';
import { produceWithJava } from './support/java-producer.ts';
import { rewriteLastCodec } from './support/segment-file.ts';

const stack = faultStackOptions(process.env);
const UNIT = ['--set', 'unit.maxRecords=100'];

describe('codecs', () => {
  // The reader that checks the invariants has to decompress the input, too.
  beforeAll(() => registerCompressionCodecs(64 * 1024 * 1024));

  faultTest('T29-codec-matrix', { partitions: 1 }, async (run) => {
    const { audit } = run.deployment.topics;
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
      const lines = Array.from({ length: 500 }, (_, number) => readEvent(`${codec}-${number}`));
      await produceWithJava(stack, { topic: audit, partition: 0, codec }, lines);
    }
    run.member(UNIT);
    await run.deployment.caughtUp();
    const { evidence } = await run.judge('end');
    expect(evidence.documents).toHaveLength(2_500);
  });

  faultTest('T30-unknown-codec', { partitions: 1, mayStepBack: true }, async (run) => {
    const { kafka, topics } = run.deployment;
    await run.feed(100, 0);
    const first = run.member(UNIT);
    await run.deployment.caughtUp();
    expect(await run.retire(first)).toBe(0);
    await run.deployment.produce([readEvent('unreadable')], { partition: 0 });
    await run.broker.terminate();
    rewriteLastCodec(stack, topics.audit, 0, 5);
    await run.broker.revive();
    const member = run.member(UNIT);
    expect(await member.exited).toBe(1);
    expect(member.stderr()).toContain('compressed with codec 5');
    // What an operator does with a batch that nobody can read: take it out of the log.
    await withAdmin(kafka, async (admin) => {
      await admin.fetchTopicOffsets(topics.audit);
      await admin.deleteTopicRecords({
        topic: topics.audit,
        partitions: [{ partition: 0, offset: '101' }],
      });
    });
    await run.feed(100, 0);
    run.member(UNIT);
    await run.deployment.caughtUp();
  });
});
