import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRun } from '../support/fault-run.ts';
import type { SupervisedMember } from '../support/supervised-member.ts';

/** What may happen in a soak: resolves once it is mended. `random` is from 0 to below 1. */
export type SoakFault = (
  run: FaultRun,
  member: SupervisedMember,
  random: () => number,
) => Promise<void>;

const second = 1_000;
const between = (random: () => number, from: number, to: number): number =>
  (from + random() * (to - from)) * second;

export const SOAK_FAULTS: Readonly<Record<string, SoakFault>> = {
  'kill -9 a member': async (_run, member) => {
    member.current().kill('SIGKILL');
  },
  'freeze a member past its session': async (_run, member, random) => {
    const frozen = member.current();
    frozen.kill('SIGSTOP');
    await pause(between(random, 7, 12));
    frozen.kill('SIGCONT');
  },
  'kill -9 the broker': async ({ broker }, _member, random) => {
    await broker.kill();
    await pause(between(random, 1, 5));
    await broker.revive();
  },
  'freeze the broker': async ({ broker }, _member, random) => {
    await broker.freeze();
    await pause(between(random, 5, 12));
    await broker.thaw();
  },
  'kill -9 OpenSearch': async ({ opensearch }, _member, random) => {
    await opensearch.kill();
    await pause(between(random, 1, 5));
    await opensearch.revive();
  },
  'freeze OpenSearch': async ({ opensearch }, _member, random) => {
    await opensearch.freeze();
    await pause(between(random, 5, 12));
    await opensearch.thaw();
  },
  'cut the way to the broker': async ({ kafkaProxy }, _member, random) => {
    kafkaProxy.set({ kind: 'cut' });
    await pause(between(random, 1, 5));
    kafkaProxy.set({ kind: 'none' });
  },
  'black hole before the broker': async ({ kafkaProxy }, _member, random) => {
    kafkaProxy.set({ kind: 'black-hole' });
    await pause(between(random, 5, 12));
    kafkaProxy.set({ kind: 'none' });
  },
  'cut the way to OpenSearch': async ({ opensearchProxy }, _member, random) => {
    opensearchProxy.set({ kind: 'cut' });
    await pause(between(random, 1, 5));
    opensearchProxy.set({ kind: 'none' });
  },
  'join and leave': async (run, _member, random) => {
    const guest = run.member();
    await pause(between(random, 5, 10));
    await run.retire(guest);
  },
};
