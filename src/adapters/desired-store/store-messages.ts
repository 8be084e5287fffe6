import type { RegisteredSchema } from '../../codec/schema-registry.ts';
import type { StoreDemand } from './open-store.ts';
import type { RejectedRecord } from './store-writer.ts';

/** What the thread that writes the store is given. */
export interface StoreThreadData {
  readonly folder: string;
  /** Texts of the schema `desired-resource`, oldest first. */
  readonly schemas: readonly [string, ...string[]];
}

/** To the thread that writes. Each is answered in order; `schema` is not. */
export type StoreRequest =
  | { readonly type: 'open'; readonly demand: StoreDemand; readonly now: number }
  | {
      readonly type: 'schema';
      readonly id: number;
      readonly registered: RegisteredSchema | undefined;
    }
  | {
      readonly type: 'write';
      readonly memory: ArrayBuffer;
      readonly length: number;
      readonly positions: Readonly<Record<string, string>>;
      readonly settled: boolean;
    }
  /** `currentTime`: the store has all that the topic had at this time. */
  | { readonly type: 'settle'; readonly currentTime: number }
  | { readonly type: 'close' };

/** From the thread that writes. */
export type StoreAnswer =
  | {
      readonly type: 'opened';
      readonly positions: Readonly<Record<string, string>>;
      readonly rebuilt: string | undefined;
      readonly count: number;
    }
  | {
      readonly type: 'written';
      readonly memory: ArrayBuffer;
      readonly rejected: readonly RejectedRecord[];
      readonly count: number;
    }
  | { readonly type: 'settled' | 'closed'; readonly count: number }
  | { readonly type: 'failed'; readonly message: string };
