import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { fetchCommitted } from '../../../src/adapters/kafka/committed-offsets.ts';
import { withAdmin } from '../../support/kafka-reader.ts';
import type { Member } from './member.ts';
import { memoryMb, processorSeconds } from './process-usage.ts';

/** A group's work on a topic, from the first commit to the last: neither start nor join counts. */
export interface CommittedWork {
  readonly seconds: number;
  /** Committed in that time. */
  readonly records: number;
  readonly recordsASecond: number;
  /** Of the members, and of the processes beside them, in that time. */
  readonly cpuSeconds: number;
  readonly besideCpuSeconds: number;
  /** Greatest memory of a member in that time. */
  readonly peak: { readonly rssMb: number; readonly anonMb: number; readonly mappedMb: number };
}

export interface CommitWatch {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topic: string;
  /** That the topic holds. */
  readonly records: number;
  readonly members: readonly Member[];
  /** Processes that work for them, such as OpenSearch. */
  readonly beside?: readonly number[];
  readonly limitMs?: number;
}

const POLL_MS = 100;
const FIELDS = ['VmRSS', 'RssAnon', 'RssFile', 'RssShmem'] as const;

const used = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);

/** Watches until all is committed. Throws where a member ends before, or after the limit (default 240 s). */
export const firstToLastCommit = async (watch: CommitWatch): Promise<CommittedWork> => {
  const { kafka, groupId, topic, records, members, beside = [], limitMs = 240_000 } = watch;
  const pids = members.map(({ pid }) => pid);
  const died = new AbortController();
  for (const member of members) {
    void member.ended.then((code) =>
      died.abort(new Error(`a member of ${groupId} ended: ${code}`)),
    );
  }
  const until = performance.now() + limitMs;
  const peak = { rssMb: 0, anonMb: 0, mappedMb: 0 };
  let first:
    | { readonly at: number; readonly done: number; readonly cpu: number; readonly beside: number }
    | undefined;
  return withAdmin(kafka, async (admin) => {
    for (;;) {
      const committed = await fetchCommitted(admin, groupId, topic);
      const done = [...committed.values()].reduce((sum, { offset }) => sum + Number(offset), 0);
      const at = performance.now();
      died.signal.throwIfAborted();
      for (const pid of pids) {
        const memory = memoryMb(FIELDS, pid);
        peak.rssMb = Math.max(peak.rssMb, memory.VmRSS);
        peak.anonMb = Math.max(peak.anonMb, memory.RssAnon);
        peak.mappedMb = Math.max(peak.mappedMb, memory.RssFile + memory.RssShmem);
      }
      if (done > 0) first ??= { at, done, cpu: used(pids), beside: used(beside) };
      if (done >= records && first !== undefined) {
        const seconds = (at - first.at) / 1000;
        return {
          seconds,
          records: records - first.done,
          recordsASecond: (records - first.done) / seconds,
          cpuSeconds: used(pids) - first.cpu,
          besideCpuSeconds: used(beside) - first.beside,
          peak,
        };
      }
      if (at > until) throw new Error(`${groupId} is at ${done} of ${records} after ${limitMs} ms`);
      await delay(POLL_MS);
    }
  });
};
