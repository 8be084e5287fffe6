import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import { readEvent } from '../support/cloudtrail-fixture.ts';
import type { DriftlineProcess } from '../support/driftline-process.ts';
import { refusal, startBulkInterposer } from './support/bulk-interposer.ts';
import type { FaultRun } from './support/fault-run.ts';
import { faultTest } from './support/fault-test.ts';
import { isBulk, isCommit, kafkaApiOf } from './support/proxied-request.ts';
import { strikeAt } from './support/strike.ts';

const minute = 60_000;
const unit = ['--set', 'unit.maxRecords=100', '--set', 'opensearch.retry.blockedDelayMs=500'];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const told = (member: DriftlineProcess, name: string): number =>
  member.lines.filter(({ event }) => event === name).length;

const until = async (holds: () => boolean | Promise<boolean>, limitMs = minute): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not become so');
    await wait(100);
  }
};

const ask = async (method: string, path: string, body?: object): Promise<number> => {
  const answer = await fetch(`${inject('stack').opensearch}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await answer.text();
  return answer.status;
};

/** The index that the fixture's events go to. */
const auditIndex = async (run: FaultRun): Promise<string> => {
  const [document] = (await run.evidence()).documents;
  if (document === undefined) throw new Error('nothing is indexed yet');
  return document.index;
};

/** Indexes a first part, lets `breakIt` do its work, feeds more, checks that nothing dies, and mends. */
const whileRefused = async (
  run: FaultRun,
  breakIt: (index: string) => Promise<unknown>,
  mend: (index: string) => Promise<unknown>,
  sign: 'bulk.blocked' | 'bulk.retrying',
): Promise<void> => {
  const member = run.member(unit);
  await run.feed(200, 0);
  await run.deployment.caughtUp();
  const index = await auditIndex(run);
  await breakIt(index);
  await run.feed(500, 0);
  await run.feed(500, 1);
  await until(() => told(member, sign) >= 3);
  expect((await run.evidence()).deadLetters).toEqual([]);
  await mend(index);
  await run.deployment.caughtUp(2 * minute);
  expect(told(member, 'group.joined')).toBe(1);
  expect(await run.retire(member)).toBe(0);
};

const setting = (name: string, value: boolean | null) => (index: string) =>
  ask('PUT', `/${index}/_settings`, { [name]: value });

describe('OpenSearch that refuses', () => {
  faultTest('T42-flood-stage-429-block', {}, (run) =>
    whileRefused(
      run,
      setting('index.blocks.read_only_allow_delete', true),
      setting('index.blocks.read_only_allow_delete', null),
      'bulk.retrying',
    ),
  );

  faultTest('T43-write-block-403', {}, (run) =>
    whileRefused(
      run,
      setting('index.blocks.write', true),
      setting('index.blocks.write', null),
      'bulk.blocked',
    ),
  );

  faultTest('T44-closed-index', {}, (run) =>
    whileRefused(
      run,
      (index) => ask('POST', `/${index}/_close`),
      (index) => ask('POST', `/${index}/_open?wait_for_active_shards=1`),
      'bulk.blocked',
    ),
  );

  faultTest('T45-values-of-other-types-under-one-name', {}, async (run) => {
    const values: readonly unknown[] = [
      'text',
      7,
      true,
      [1],
      { a: { b: 1 } },
      null,
      '2026-01-01',
      1.5,
    ];
    await run.deployment.produce(
      values.map((value, at) => {
        const record = JSON.parse(readEvent(`typed-${at}`)) as object;
        return JSON.stringify({
          ...record,
          requestParameters: { same: value },
          responseElements: value,
        });
      }),
    );
    const member = run.member(unit);
    await run.deployment.caughtUp();
    expect((await run.evidence()).documents).toHaveLength(values.length);
    expect(await run.retire(member)).toBe(0);
  });

  faultTest('T50-401-until-the-credentials-are-rotated', {}, async (run) => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-password-'));
    const file = join(folder, 'password');
    writeFileSync(file, 'old');
    let accepted = 'old';
    const interposer = await startBulkInterposer(
      `http://127.0.0.1:${run.opensearchProxy.port}`,
      ({ headers }) =>
        headers.authorization === `Basic ${Buffer.from(`writer:${accepted}`).toString('base64')}`
          ? undefined
          : refusal(401, 'security_exception'),
    );
    try {
      const member = run.member([
        ...unit,
        ...['--set', `opensearch.nodes=${interposer.url}`],
        ...['--set', 'opensearch.username=writer'],
        ...['--set', `opensearch.passwordFile=${file}`],
      ]);
      await run.feed(200, 0);
      await run.deployment.caughtUp();
      accepted = 'new';
      await run.feed(300, 0);
      await until(() => told(member, 'bulk.blocked') >= 2);
      writeFileSync(file, 'new');
      await run.deployment.caughtUp();
      expect(await run.retire(member)).toBe(0);
    } finally {
      await interposer.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('OpenSearch that goes away', () => {
  faultTest(
    'T33-os-down-10min',
    { partitions: 3, drainMs: 5 * minute, timeoutMs: 20 * minute },
    async (run) => {
      const member = run.member(unit);
      await run.feed(300);
      await run.deployment.caughtUp();
      await run.opensearch.terminate();
      for (let fed = 0; fed < 10; fed += 1) {
        await run.feed(1_000);
        await wait(minute);
      }
      expect(told(member, 'group.joined')).toBe(1);
      expect(told(member, 'group.rebalancing')).toBe(0);
      expect(told(member, 'consumer.crashed')).toBe(0);
      await run.opensearch.revive();
      await run.deployment.caughtUp(4 * minute);
      expect(told(member, 'group.joined')).toBe(1);
      expect(await run.retire(member)).toBe(0);
    },
  );

  faultTest('T46-another-index-between-attempts', {}, async (run) => {
    // The act of the day before midnight is written, the process dies, and its successor begins on the day after.
    const before = new Date(Date.now() - 86_400_000).toISOString();
    const at = (id: string, time: string): string =>
      JSON.stringify({ ...(JSON.parse(readEvent(id)) as object), eventTime: time });
    const values = Array.from({ length: 300 }, (_, number) =>
      at(`late-${number}`, number % 2 === 0 ? before : new Date().toISOString()),
    );
    await run.deployment.produce(values);
    const doomed = run.member(unit);
    const struck = strikeAt(
      run.kafkaProxy,
      (request) => kafkaApiOf(request) === 'endTxn' && isCommit(request),
      2,
      () => {
        doomed.kill('SIGKILL');
        return 'cut';
      },
    );
    await struck;
    await doomed.exited;
    const member = run.member(unit);
    await run.deployment.caughtUp();
    const indexes = new Set((await run.evidence()).documents.map(({ index }) => index));
    expect(indexes.size).toBe(2);
    expect(await run.retire(member)).toBe(0);
  });

  faultTest('OpenSearch is killed under load, and comes back with its data', {}, async (run) => {
    const member = run.member(unit);
    await run.feed(2_000, 0);
    await run.feed(2_000, 1);
    const struck = strikeAt(run.opensearchProxy, isBulk, 5, () => 'pass');
    await struck;
    await run.opensearch.kill();
    await wait(5_000);
    await run.opensearch.revive();
    await run.deployment.caughtUp(3 * minute);
    expect(await run.retire(member)).toBe(0);
  });
});
