import type { StoreDemand } from './open-store.ts';
import type { PayloadForm } from './stored-payloads.ts';

/** What the thread that writes the store is given. */
export interface StoreThreadData {
  readonly folder: string;
  readonly form: PayloadForm;
}

/** The number of a block whose memory is used once. */
export const PASSING_BLOCK = -1;

/** To the thread that writes. Each is answered in order. */
export type StoreRequest =
  | { readonly type: 'open'; readonly demand: StoreDemand; readonly now: number }
  | {
      readonly type: 'write';
      readonly block: number;
      /** Of the block, with its first use: each handing over is something for garbage collection. */
      readonly memory: SharedArrayBuffer | undefined;
      readonly length: number;
      readonly positions: Readonly<Record<string, string>>;
      readonly settled: boolean;
    }
  /** `currentTime`: the store has all that the topic had at this time. */
  | { readonly type: 'settle'; readonly currentTime: number }
  | { readonly type: 'close' };

/**
 * From the thread that writes. `filter` is the memory of the filter that lookups ask, where it is another one than
 * before.
 */
export type StoreAnswer =
  | {
      readonly type: 'opened';
      readonly positions: Readonly<Record<string, string>>;
      readonly rebuilt: string | undefined;
      readonly count: number;
      readonly filter: SharedArrayBuffer | undefined;
    }
  | {
      readonly type: 'written';
      readonly block: number;
      readonly count: number;
      readonly filter: SharedArrayBuffer | undefined;
    }
  | {
      readonly type: 'settled' | 'closed';
      readonly count: number;
      readonly filter: SharedArrayBuffer | undefined;
    }
  | { readonly type: 'failed'; readonly message: string };
