import type { InputBatch } from '../../pipeline/ports.ts';
import type { UnitLimits } from './split-batch.ts';

/**
 * How much the next units hold. A unit is done as a whole or again as a whole: one that takes longer than the group is
 * left in peace never ends. So a unit that took long, or was interrupted, makes the next ones smaller, and each one that
 * is done quickly makes them larger again, up to the limits.
 */
export interface UnitSize {
  /** Those of the moment. */
  readonly limits: UnitLimits;
  /** It is committed, so many milliseconds after it was begun. */
  finished(unit: InputBatch, ms: number): void;
  /** It was given up before its commit. */
  interrupted(unit: InputBatch): void;
}

/** A process knows nothing yet, and may be one that is killed again and again: it does not begin with the largest. */
const firstRecords = 1_000;
const leastRecords = 25;
/** Longer is long; less than half of it is quick. */
const targetMs = 5_000;
/** One slow unit may be an accident. */
const mostCut = 4;

export const createUnitSize = (most: UnitLimits): UnitSize => {
  const least = Math.min(1, leastRecords / most.maxRecords);
  let share = Math.min(1, firstRecords / most.maxRecords);

  const shareOf = ({ records }: InputBatch): number => {
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    return Math.min(1, Math.max(records.length / most.maxRecords, bytes / most.maxBytes));
  };

  // Units of several partitions are in work: each tells of its own size, not of the one that holds by now.
  const shrink = (to: number): void => {
    share = Math.max(least, Math.min(share, to));
  };

  return {
    limits: {
      get maxRecords() {
        return Math.ceil(share * most.maxRecords);
      },
      get maxBytes() {
        return Math.ceil(share * most.maxBytes);
      },
    },
    finished: (unit, ms) => {
      const used = shareOf(unit);
      if (ms > targetMs) shrink(used * Math.max(targetMs / ms, 1 / mostCut));
      // A small unit for want of records does not tell that a large one would be quick.
      else if (ms < targetMs / 2 && used >= share / 2) share = Math.min(1, share * 2);
    },
    interrupted: (unit) => shrink(shareOf(unit) / 2),
  };
};
