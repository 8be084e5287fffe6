import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { TextHash } from './text-hash.ts';

/** Answers of lookups, for identities that come up again and again, as those of acts do. */
export interface RecentLookups {
  /** `hash`: of the identity. */
  get(hash: TextHash, identity: string): readonly DesiredResource[] | undefined;
  /** `bytes`: the size of the payloads. */
  keep(hash: TextHash, identity: string, owners: readonly DesiredResource[], bytes: number): void;
  clear(): void;
}

/** An answer takes the place of another one whose hash ends alike. Eight times as many are no quicker, and 14 MB more. */
const PLACES = 1_024;
/**
 * A larger answer is not kept. An answer holds on to a slab of `payload-memory.ts`, mostly 2 KiB, and to what was decoded
 * of it: attributes, and a few texts.
 */
const MAX_BYTES = 4_096;

export const createRecentLookups = (): RecentLookups => {
  const identities = new Array<string | undefined>(PLACES).fill(undefined);
  const answers = new Array<readonly DesiredResource[]>(PLACES).fill(NONE);

  return {
    get: ({ low }, identity) => {
      const place = low & (PLACES - 1);
      return identities[place] === identity ? answers[place] : undefined;
    },
    keep: ({ low }, identity, owners, bytes) => {
      if (bytes > MAX_BYTES) return;
      const place = low & (PLACES - 1);
      identities[place] = identity;
      answers[place] = owners;
    },
    clear: () => {
      identities.fill(undefined);
      answers.fill(NONE);
    },
  };
};

const NONE: readonly DesiredResource[] = [];
