import type { InputBatch } from '../../pipeline/ports.ts';

/** Records from the committed offset to the end of the partition, as the fetch of the unit told it. */
export interface UnitLag {
  /** While the unit is not committed: its own records count. */
  readonly received: number;
  readonly finished: number;
}

export const unitLag = ({ records, nextOffset, highWatermark }: InputBatch): UnitLag => {
  const end = BigInt(highWatermark);
  return {
    received: Number(end - BigInt(records[0]?.offset ?? nextOffset)),
    finished: Number(end - BigInt(nextOffset)),
  };
};
