import { setTimeout as delay } from 'node:timers/promises';

/** Ids of the events that a run sends: the act's own time, in milliseconds, and a number. */
export const idAt = (time: number, number: number): string => `lat-${time}-${number}`;
const ID = /lat-(\d{13})-(\d+)/;

/** When the act was whose id stands first in the text; undefined where there is none. */
export const actTime = (text: string): number | undefined => {
  const time = ID.exec(text)?.[1];
  return time === undefined ? undefined : Number(time);
};

export const SEARCH_MS = 40;
/** Partitions are written by units of their own: their documents are searchable in no order, within this. */
const UNORDERED_MS = 1_500;

/** Searches an index until it is ended, and tells of each act once, when it is found first. */
export const followSearches = (
  opensearch: string,
  index: string,
  found: (act: number, seen: number) => void,
): { readonly end: () => Promise<void> } => {
  const known = new Set<string>();
  const ending = new AbortController();
  let foundUpTo = Date.now();
  const follow = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const answer = await fetch(`${opensearch}/${index}/_search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          size: 10_000,
          _source: false,
          // What is new only: a search that keeps OpenSearch busy would measure itself.
          query: { range: { time: { gte: foundUpTo - UNORDERED_MS, format: 'epoch_millis' } } },
        }),
      });
      const seen = Date.now();
      const { hits } = (await answer.json()) as {
        readonly hits?: { readonly hits: readonly { readonly _id: string }[] };
      };
      for (const { _id: id } of hits?.hits ?? []) {
        const act = actTime(id);
        if (act === undefined || known.has(id)) continue;
        known.add(id);
        foundUpTo = Math.max(foundUpTo, act);
        found(act, seen);
      }
      await delay(SEARCH_MS);
    }
  };
  const following = follow();
  return {
    end: async () => {
      ending.abort();
      await following;
    },
  };
};
