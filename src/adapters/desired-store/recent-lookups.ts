import type { DesiredResource } from '../../core/model/desired-resource.ts';

/** Answers of lookups, for identities that come up again and again, as those of acts do. */
export interface RecentLookups {
  get(identity: string): readonly DesiredResource[] | undefined;
  /** `bytes`: the size of the payloads. */
  keep(identity: string, owners: readonly DesiredResource[], bytes: number): void;
  clear(): void;
}

/** Of each of two generations: the older one is dropped when the younger one is full. */
const MAX_ANSWERS = 4_096;
/** A larger answer is not kept, so that all of them stay below 64 MB with their attributes decoded. */
const MAX_BYTES = 4_096;

export const createRecentLookups = (): RecentLookups => {
  let young = new Map<string, readonly DesiredResource[]>();
  let old = new Map<string, readonly DesiredResource[]>();

  const put = (identity: string, owners: readonly DesiredResource[]): void => {
    if (young.size >= MAX_ANSWERS) {
      old = young;
      young = new Map();
    }
    young.set(identity, owners);
  };

  return {
    get: (identity) => {
      const recent = young.get(identity);
      if (recent !== undefined) return recent;
      const earlier = old.get(identity);
      if (earlier !== undefined) put(identity, earlier);
      return earlier;
    },
    keep: (identity, owners, bytes) => {
      if (bytes <= MAX_BYTES) put(identity, owners);
    },
    clear: () => {
      young.clear();
      old.clear();
    },
  };
};
