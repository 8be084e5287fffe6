import { randomUUID } from 'node:crypto';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment } from '../../support/deployment.ts';
import { firstToLastCommit } from '../rig/first-to-last-commit.ts';
import { median } from '../rig/median.ts';
import { startRole, startService, type Member } from '../rig/member.ts';

export interface ScalingRun {
  readonly records: number;
  readonly partitions: number;
  readonly rounds: number;
  readonly report: (line: string) => void;
}

/** One variant in one round. */
interface Pass {
  readonly variant: string;
  readonly members: number;
  /** From the first commit to the last, so that neither start nor join counts. */
  readonly seconds: number;
  readonly recordsASecond: number;
  readonly cpuSeconds: number;
}

const GROUPS = 500;
/**
 * Reads the same records with one and with two members of the service, and of a consumer that does nothing, each in
 * a group of its own, one after the other, and that again each round.
 */
export const measureScaling = async (
  stack: { readonly kafka: string; readonly opensearch: string },
  run: ScalingRun,
): Promise<object> => {
  const { records, partitions, rounds, report } = run;
  const deployment = await createDeployment(stack, partitions, { 'log.level': 'warn' });
  const { topics, kafka, settings } = deployment;
  report(`producing ${records} records`);
  await deployment.publishState(securityGroupState(GROUPS));
  for (let at = 0; at < records; at += 20_000) {
    const values = Array.from({ length: Math.min(20_000, records - at) }, (_, number) => {
      const id = `s-${at + number}`;
      return number % 50 === 0 ? ingressEvent(id, number % GROUPS) : readEvent(id);
    });
    await deployment.produce(values);
  }
  const none = startRole('null-opensearch');
  const sink = `http://127.0.0.1:${await none.firstLine}`;

  const pass = async (variant: string, members: number): Promise<Pass> => {
    const groupId = `scaling-${randomUUID().slice(0, 8)}`;
    const set = (key: string, value: string): readonly string[] => ['--set', `${key}=${value}`];
    const startOne = (): Member =>
      variant === 'bare'
        ? startRole('bare', { broker: stack.kafka, topic: topics.audit, groupId })
        : startService([
            ...settings,
            ...set('kafka.groupId', groupId),
            ...set('opensearch.nodes', sink),
            ...set('desired.storeFolder', `/tmp/driftline-bench-${randomUUID()}`),
          ]);
    const running = Array.from({ length: members }, startOne);
    try {
      const work = await firstToLastCommit({
        kafka,
        groupId,
        topic: topics.audit,
        records,
        members: running,
      });
      const { seconds, recordsASecond, cpuSeconds } = work;
      return { variant, members, seconds, recordsASecond, cpuSeconds };
    } finally {
      for (const each of running) await each.end();
    }
  };

  const passes: Pass[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      for (const variant of ['bare', 'driftline']) {
        for (const members of [1, 2]) {
          const one = await pass(variant, members);
          passes.push(one);
          report(
            `${variant} × ${members}: ${Math.round(one.recordsASecond)} records/s, ${one.cpuSeconds.toFixed(1)} s CPU`,
          );
        }
      }
    }
  } finally {
    await none.end();
    await deployment.end();
  }
  const of = (variant: string, members: number): number =>
    median(
      passes
        .filter((each) => each.variant === variant && each.members === members)
        .map(({ recordsASecond }) => recordsASecond),
    );
  return {
    records,
    partitions,
    rounds,
    recordsASecond: {
      bare: { one: of('bare', 1), two: of('bare', 2) },
      driftline: { one: of('driftline', 1), two: of('driftline', 2) },
    },
    twoOverOne: {
      bare: of('bare', 2) / of('bare', 1),
      driftline: of('driftline', 2) / of('driftline', 1),
    },
    passes,
  };
};
