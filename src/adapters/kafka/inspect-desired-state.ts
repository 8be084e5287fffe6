import type { Admin } from 'kafkajs';
import type { Finding } from '../../pipeline/ports/finding.ts';
import { KafkaError } from './kafka-error.ts';
import { readTopicRanges } from './topic-facts.ts';

export interface DesiredStateInspection {
  /** Connected. */
  readonly admin: Admin;
  readonly topic: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Age of the newest record from which it is told, in milliseconds. */
  readonly maxAgeMs: number;
  /** `driftline`, with the options that name this configuration. */
  readonly driftline: (command: string) => string;
}

const DAY_MS = 86_400_000;

/** Whether the topic of desired resources holds any, and when it was written last. Rejects as kafkajs does. */
export const inspectDesiredState = async (
  inspection: DesiredStateInspection,
): Promise<readonly Finding[]> => {
  const { admin, topic, now, maxAgeMs, driftline } = inspection;
  const subject = `desired state in ${topic}`;
  let ranges: Awaited<ReturnType<typeof readTopicRanges>>;
  try {
    ranges = await readTopicRanges(admin, topic);
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== 'topic_missing') throw error;
    // The topic itself is a finding of its own.
    return [{ state: 'skipped', subject, what: 'the topic does not exist' }];
  }
  if (ranges.every(({ low, high }) => low === high)) {
    return [
      {
        state: 'fault',
        subject,
        what: 'is empty: no act can be told to be drift of code',
        mend: driftline('desired publish <state> --env <environment>'),
      },
    ];
  }
  const ends = new Map(ranges.map(({ partition, high }) => [partition, high]));
  const writtenSince = async (time: number): Promise<boolean> =>
    (await admin.fetchTopicOffsetsByTimestamp(topic, time)).some(
      ({ partition, offset }) => BigInt(offset) < (ends.get(partition) ?? 0n),
    );
  const days = Math.round((maxAgeMs / DAY_MS) * 10) / 10;
  if (!(await writtenSince(now - maxAgeMs))) {
    return [
      {
        state: 'warning',
        subject,
        what: `was not written for ${days} days: states may have moved on without it`,
        mend: driftline('desired diff <state> --env <environment>'),
      },
    ];
  }
  return [{ state: 'ok', subject, what: `was written within ${days} days` }];
};
