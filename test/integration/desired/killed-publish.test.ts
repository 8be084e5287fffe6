import type { Consumer } from 'kafkajs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import {
  runDriftlineCommand,
  startDriftline,
  type DriftlineProcess,
} from '../../support/driftline-process.ts';
import { withAdmin } from '../../support/kafka-reader.ts';
import { expectStoreIsTopic, readDesiredTopic } from '../../support/store-and-topic.ts';

const RESOURCES = 20_000;
/** How many records of the doomed publish the brokers have, in per cent, when it is killed. */
const MOMENTS = [0, 50, 90];

/** Security groups `from` to `from` + RESOURCES - 1, each with the serial in its description. */
const stateText = (serial: number, from: number): string =>
  JSON.stringify({
    version: 4,
    serial,
    lineage: 'l-kill',
    resources: Array.from({ length: RESOURCES }, (_, at) => ({
      mode: 'managed',
      type: 'aws_security_group',
      name: `group_${from + at}`,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [
        { attributes: { id: `sg-${from + at}-0123456789abcdef`, description: `serial ${serial}` } },
      ],
    })),
  });

describe(`a publish of ${RESOURCES} resources that is killed`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-killed-publish-'));
  let deployment: Deployment;
  let follower: DriftlineProcess;
  let spy: Consumer;
  let uncommitted = 0;

  const publishArgs = (serial: number, from: number): readonly string[] => {
    const file = join(folder, `${serial}.tfstate`);
    writeFileSync(file, stateText(serial, from));
    return ['desired', 'publish', file, '--env', 'test', ...deployment.settings];
  };
  const publish = async (serial: number, from: number): Promise<string> => {
    const { code, stdout, stderr } = await runDriftlineCommand(publishArgs(serial, from));
    if (code !== 0) throw new Error(`desired publish ended with ${code}: ${stderr}`);
    return stdout;
  };
  const worker = (store: string): DriftlineProcess =>
    deployment.start(['--set', `desired.storeFolder=${join(folder, store)}`]);
  const stop = async (process: DriftlineProcess): Promise<void> => {
    process.kill('SIGTERM');
    expect(await process.exited).toBe(0);
  };

  /** Offsets that consumers of committed records may read up to, of all partitions together. */
  const committedEnd = (): Promise<number> =>
    withAdmin(deployment.kafka, async (admin) => {
      const ends = await admin.fetchTopicOffsets(deployment.topics.desired);
      return ends.reduce((sum, { high }) => sum + Number(high), 0);
    });

  /** Kills a publish once the brokers have so many of its records, or when it has ended by itself. */
  const publishAndKill = async (serial: number, from: number, percent: number): Promise<void> => {
    const before = uncommitted;
    const doomed = startDriftline(publishArgs(serial, from));
    let ended = false;
    void doomed.exited.then(() => (ended = true));
    while (!ended && (uncommitted - before) * 100 <= RESOURCES * percent) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    doomed.kill('SIGKILL');
    expect(await doomed.exited).toBe(null);
  };

  const serials = async (): Promise<ReadonlyMap<string, number>> => {
    const counts = new Map<string, number>();
    for (const { attributes } of (
      await readDesiredTopic(deployment.kafka, deployment.topics.desired)
    ).values()) {
      const description = JSON.stringify(attributes['description']);
      counts.set(description, (counts.get(description) ?? 0) + 1);
    }
    return counts;
  };

  beforeAll(async () => {
    deployment = await createDeployment(inject('stack'), 2);
    // Sees the records of a transaction before it is committed.
    spy = deployment.kafka.consumer({
      groupId: `${deployment.groupId}-spy`,
      readUncommitted: true,
      maxWaitTimeInMs: 20,
    });
    await spy.connect();
    await spy.subscribe({ topics: [deployment.topics.desired], fromBeginning: true });
    await spy.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        uncommitted += batch.messages.length;
      },
    });
    follower = worker('follower');
    await follower.event('desired-state.loaded');
    await publish(1, 0);
  });
  afterAll(async () => {
    await spy.disconnect();
    await deployment.end();
    rmSync(folder, { recursive: true });
  });

  it.each(MOMENTS)(
    'at %d per cent: nothing of it is published, and the next is whole',
    async (percent) => {
      const at = MOMENTS.indexOf(percent) + 1;
      const end = await committedEnd();
      // Each drops 1,000 groups of the one before, and adds as many.
      await publishAndKill(2 * at, at * 1_000, percent);
      expect(await committedEnd()).toBe(end);
      expect(await publish(2 * at + 1, at * 1_000)).toContain(
        `1000 added, ${RESOURCES - 1_000} changed, 1000 removed, 0 unchanged`,
      );
      expect([...(await serials())]).toEqual([[`"serial ${2 * at + 1}"`, RESOURCES]]);
    },
  );

  it('leaves a worker that followed, and one that starts, with what the topic holds', async () => {
    const { kafka, topics } = deployment;
    const started = worker('started');
    await started.event('desired-state.loaded');
    await stop(started);
    expect(await expectStoreIsTopic(join(folder, 'started'), kafka, topics.desired)).toBe(
      RESOURCES,
    );
    await stop(follower);
    expect(await expectStoreIsTopic(join(folder, 'follower'), kafka, topics.desired)).toBe(
      RESOURCES,
    );
  });
});
