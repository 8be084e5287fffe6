import type { TextHash } from './text-hash.ts';

/** Which resource alone states an identity, of identities that came up lately: a lookup then reads no bucket. */
export interface SoleOwners {
  /** The number of the resource, of which the text is still to be compared; 0: not known. */
  get(hash: TextHash): number;
  keep(hash: TextHash, resource: number): void;
  /** To be called when the store has changed. */
  clear(): void;
}

/** 3 MB. One takes the place of another whose hash ends alike. */
const PLACES = 262_144;

export const createSoleOwners = (): SoleOwners => {
  const highs = new Uint32Array(PLACES);
  const lows = new Uint32Array(PLACES);
  const resources = new Uint32Array(PLACES);
  return {
    get: ({ high, low }) => {
      const place = low & (PLACES - 1);
      return highs[place] === high && lows[place] === low ? resources[place]! : 0;
    },
    keep: ({ high, low }, resource) => {
      const place = low & (PLACES - 1);
      highs[place] = high;
      lows[place] = low;
      resources[place] = resource;
    },
    clear: () => {
      resources.fill(0);
    },
  };
};
