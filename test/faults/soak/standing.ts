import { committedOffsets, withAdmin } from '../../support/kafka-reader.ts';
import type { FaultRun } from '../support/fault-run.ts';
import type { SupervisedMember } from '../support/supervised-member.ts';

/** Where everything stands when the group does not catch up: what each part says of itself, or why it says nothing. */
export interface Standing {
  readonly members: readonly unknown[];
  readonly group: unknown;
  readonly offsets: unknown;
  readonly opensearch: Readonly<Record<string, unknown>>;
}

const answerMs = 10_000;
const lastLines = 5;

const ask = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return String(error);
  }
};

const OPENSEARCH = {
  health: '/_cluster/health',
  blocks: '/_cluster/state/blocks',
  indices: '/_cat/indices?format=json&h=index,health,status,docs.count',
  writes: '/_cat/thread_pool/write?format=json&h=active,queue,rejected,completed',
  disk: '/_cat/allocation?format=json&h=disk.percent,disk.avail',
} as const;

/** @param opensearch address, past the proxy */
export const standing = async (
  run: FaultRun,
  members: readonly SupervisedMember[],
  opensearch: string,
): Promise<Standing> => {
  const { kafka, groupId, topics } = run.deployment;
  const fetched = Object.entries(OPENSEARCH).map(async ([name, path]) => {
    const signal = AbortSignal.timeout(answerMs);
    return [name, await ask(async () => (await fetch(opensearch + path, { signal })).json())];
  });
  return {
    members: members.map((member) => {
      const { pid, lines } = member.current();
      return { pid, last: lines.slice(-lastLines), endedBefore: member.ends };
    }),
    group: await ask(() => withAdmin(kafka, (admin) => admin.describeGroups([groupId]))),
    offsets: await ask(async () => ({
      ends: await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topics.audit)),
      committed: [...(await committedOffsets(kafka, groupId, topics.audit))],
    })),
    opensearch: Object.fromEntries((await Promise.all(fetched)) as [string, unknown][]),
  };
};
