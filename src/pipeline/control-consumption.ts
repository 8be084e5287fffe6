import { skippedRunRecord } from '../codec/dead-letter.ts';
import { MAX_SKIPS } from '../codec/partition-control.ts';
import type { Consumption, PartitionOrder, PartitionStatus } from './ports.ts';

/** Where the group goes on. */
export const positionOf = ({ committed, low }: PartitionStatus): bigint => committed ?? low;

/** @param since RFC 3339 */
export const pausePlan =
  (since: string, note: string) =>
  (status: PartitionStatus): PartitionOrder => ({
    offset: positionOf(status),
    control: { ...status.control, paused: { since, note } },
    outputs: [],
  });

export const resumePlan = (status: PartitionStatus): PartitionOrder => ({
  offset: positionOf(status),
  control: { ...status.control, paused: undefined },
  outputs: [],
});

/** Goes to an offset. Records that are passed over are declared in the topic of dead letters. */
export const seekPlan =
  (target: bigint, note: string, { topic, deadLetters }: Consumption) =>
  (status: PartitionStatus): PartitionOrder | { readonly refused: string } => {
    const { low, high, control, partition } = status;
    if (target < low || target > high) {
      return {
        refused: `offset ${target} is outside of what the partition holds, ${low} to ${high}`,
      };
    }
    const from = positionOf(status);
    const run = { topic, partition, from: String(from), to: String(target) };
    return {
      offset: target,
      control: { ...control, skip: control.skip.filter((offset) => BigInt(offset) >= target) },
      outputs: target > from ? [skippedRunRecord(run, note, deadLetters)] : [],
    };
  };

/** The record at the offset becomes a dead letter when its turn comes, without being looked at. */
export const skipPlan =
  (offset: bigint) =>
  (status: PartitionStatus): PartitionOrder | { readonly refused: string } => {
    const { control, high } = status;
    const position = positionOf(status);
    if (offset < position)
      return { refused: `offset ${offset} is done: the group is at ${position}` };
    if (offset >= high)
      return { refused: `offset ${offset} is not there yet: the partition ends at ${high}` };
    if (control.skip.length >= MAX_SKIPS && !control.skip.includes(String(offset))) {
      return { refused: `${MAX_SKIPS} records are to be skipped already: seek past them instead` };
    }
    const skip = [...new Set([...control.skip, String(offset)])];
    skip.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    return { offset: position, control: { ...control, skip }, outputs: [] };
  };
