import kafkajs from 'kafkajs';
import { describe, expect } from 'vitest';
import { createTopics } from '../support/kafka-reader.ts';
import type { Verdict } from './support/fault-proxy.ts';
import { faultTest } from './support/fault-test.ts';
import { isCommit, kafkaApiOf } from './support/proxied-request.ts';
import { strikeAt } from './support/strike.ts';

const second = 1_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const UNIT = ['--set', 'unit.maxRecords=100'];
const commits = (request: Buffer): boolean => kafkaApiOf(request) === 'endTxn' && isCommit(request);

describe('two that hold one partition', () => {
  faultTest(
    'T14-zombie-stall',
    { partitions: 1, settings: { 'kafka.transactionTimeoutMs': '60000' } },
    async (run) => {
      await run.feed(2_000, 0);
      const zombie = run.member(UNIT);
      const release = Promise.withResolvers<Verdict>();
      // Frozen past its session with a commit on its way, which arrives after the heir has done the same unit.
      await strikeAt(run.kafkaProxy, commits, 3, () => {
        zombie.kill('SIGSTOP');
        return release.promise;
      });
      const heir = run.member(UNIT);
      await heir.event('unit.finished', 60 * second);
      release.resolve('pass');
      await pause(second);
      zombie.kill('SIGCONT');
      await run.deployment.caughtUp();
      await pause(2 * second);
    },
  );

  faultTest(
    'T15-offsetfetch-race',
    { partitions: 1, settings: { 'kafka.transactionTimeoutMs': '60000' } },
    async (run) => {
      await run.feed(2_000, 0);
      const { groupId } = run.deployment;
      const before = run.member(UNIT);
      const frozen = Promise.withResolvers<void>();
      const release = Promise.withResolvers<Verdict>();
      const settled = Promise.withResolvers<void>();
      let seen = 0;
      let isFrozen = false;
      let hasJoined = false;
      run.kafkaProxy.watch(async (request): Promise<Verdict> => {
        const api = kafkaApiOf(request);
        if (!isFrozen && commits(request)) {
          seen += 1;
          if (seen < 3) return 'pass';
          // The offset is written, and the commit is on its way: it arrives after the heir has asked for the offset.
          isFrozen = true;
          before.kill('SIGSTOP');
          frozen.resolve();
          return release.promise;
        }
        const isOfGroup = request.includes(groupId) && !request.includes(`${groupId}-desired`);
        if (isFrozen && isOfGroup && api === 'syncGroup') hasJoined = true;
        if (hasJoined && isOfGroup && api === 'offsetFetch') {
          setTimeout(() => release.resolve('pass'), 300);
          setTimeout(() => settled.resolve(), 900);
        }
        if (hasJoined && api === 'initProducerId') await settled.promise;
        return 'pass';
      });
      await frozen.promise;
      const heir = run.member(UNIT);
      await heir.event('unit.finished', 60 * second);
      run.kafkaProxy.watch(undefined);
      before.kill('SIGCONT');
    },
  );

  faultTest('T19-fenced-by-second-deployment', { partitions: 1 }, async (run) => {
    await run.feed(3_000, 0);
    const { kafka, groupId, topics } = run.deployment;
    const member = run.member(UNIT);
    await member.event('unit.finished');
    let over = false;
    const usurp = async (): Promise<void> => {
      while (!over) {
        const producer = kafka.producer({
          transactionalId: `${groupId}-${topics.audit}-0`,
          idempotent: true,
          maxInFlightRequests: 1,
          createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        });
        await producer.connect();
        const transaction = await producer.transaction().catch(() => undefined);
        await transaction?.abort().catch(() => undefined);
        await producer.disconnect();
      }
    };
    const usurping = usurp();
    const load = run.load(50);
    expect(await member.exited).toBe(1);
    expect(member.stderr()).toContain('takes over the transactional id');
    expect(member.stderr()).toContain('give each its own kafka.groupId');
    over = true;
    await usurping;
    await load.stop();
    run.member(UNIT);
  });

  faultTest('T19b-second-deployment-in-the-same-group', { partitions: 2 }, async (run) => {
    await run.feed(500, 0);
    const first = run.member(UNIT);
    await first.event('unit.finished');
    const other = `${run.deployment.groupId}.other-events`;
    await createTopics(run.deployment.kafka, [{ topic: other, partitions: 2 }]);
    const second = run.member(['--set', `kafka.topics.auditEvents=${other}`]);
    const ended = await Promise.race([
      first.exited.then((code) => ({ who: first, code })),
      second.exited.then((code) => ({ who: second, code })),
    ]);
    expect(ended.code).toBe(1);
    expect(ended.who.stderr()).toContain('Another deployment with other topics is in group');
    await run.feed(500, 1);
    if (ended.who === first) {
      second.kill('SIGTERM');
      await second.exited;
      run.member(UNIT);
    }
  });
});
