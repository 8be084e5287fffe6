import { Worker } from 'node:worker_threads';
import { desiredPayloads } from '../../codec/desired-resource-payload.ts';
import type { PackedRecords } from '../../codec/record-batch.ts';
import type { DesiredIndex } from '../../core/model/desired-resource.ts';
import type { ScopeCount } from '../../telemetry/telemetry-event.ts';
import type { StoreDemand } from './open-store.ts';
import { createSchemaLearner, type SchemaById } from './schema-learner.ts';
import { countScopes } from './scope-census.ts';
import { openHashFilter, type HashFilter } from './hash-filter.ts';
import { addToBlock, blockSize, type LocatedBlock } from './located-block.ts';
import { createRecordLocator, type RejectedRecord } from './record-locator.ts';
import { openDatabases, type StoreDatabases } from './store-databases.ts';
import { StoreError } from './store-error.ts';
import { takeStoreFolder } from './store-folder.ts';
import type { StoreLock } from './store-lock.ts';
import {
  PASSING_BLOCK,
  type StoreAnswer,
  type StoreRequest,
  type StoreThreadData,
} from './store-messages.ts';
import { createStoreReader, type StoreReader } from './store-reader.ts';

export interface DiskStoreOptions {
  /** Undefined: one below the system's temporary folder, found again by `name`. */
  readonly folder: string | undefined;
  /** What tells the stores of one user apart, such as group and topic. */
  readonly name: string;
  /** Texts of the schema `desired-resource`, oldest first. */
  readonly schemas: readonly [string, ...string[]];
  /** Looks a writer's schema up by its id in the wire format; without it such a record is not taken. */
  readonly schemaById?: SchemaById | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told of a record that the store does not take; what its key held before stays. */
  readonly onRejected: (rejected: RejectedRecord) => void;
}

export interface OpenedDiskStore {
  /** One past the last record held, by partition; a partition without records is missing. */
  readonly positions: ReadonlyMap<number, bigint>;
  /** Why what was there was thrown away; undefined where the store goes on, or is new. */
  readonly rebuilt: string | undefined;
}

/**
 * The desired-state index on disk. This thread, which has the records warm in its cache, takes them apart, and looks up;
 * another one writes: filling the store is about as much work for the one as for the other.
 */
export interface DiskStore {
  /** Keeps what it has beyond the process. */
  readonly durable: true;
  /** Throws StoreError `store_not_loaded` before the first `settle`. */
  readonly index: DesiredIndex;
  /**
   * Makes its thread while `demand` is waited for. To be closed also where it rejects.
   * @throws StoreError `store_in_use`, `store_folder`, `store_failed`; as `demand` does
   */
  open(demand: StoreDemand | Promise<StoreDemand>): Promise<OpenedDiskStore>;
  /**
   * Takes records of one partition, copied; waits while too much is under way. One call at a time. Rejects as
   * `schemaById` and `open` do, and with a RecordBatchError.
   */
  write(partition: number, records: readonly PackedRecords[], next: bigint): Promise<void>;
  /** Resolves once lookups find all that was written before. `currentTime`: when the store has all that the topic had. */
  settle(currentTime: number): Promise<void>;
  /** What the store holds by scope. Reads all of it, a slice at a time; empty before the first `settle`. */
  scopes(signal: AbortSignal): Promise<readonly ScopeCount[]>;
  /** Ends the thread and frees the folder. Nothing is lost: what was not written is read again. */
  close(): Promise<void>;
}

const BLOCK_BYTES = 2 * 1024 * 1024;
const MAX_BLOCKS = 3;
/** What the thread makes anew lives for a record only. */
const YOUNG_MB = 8;
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './store-thread.ts' : './store-thread.js',
  import.meta.url,
);

const NO_MEMORY = new SharedArrayBuffer(0);
const NO_BYTES = Buffer.alloc(0);

/** A block in memory that threads share, since handing memory over costs more than a copy into it. */
interface SharedBlock extends LocatedBlock {
  readonly number: number;
  readonly memory: SharedArrayBuffer;
}

/** A store that is not open yet. One process has a folder for itself. */
export const createDiskStore = (options: DiskStoreOptions): DiskStore => {
  const { schemas, schemaById, clock } = options;
  let folder = options.folder ?? '';
  const payloads = desiredPayloads(schemas);
  const { fingerprint, fields } = payloads;
  const learnSchemas =
    schemaById === undefined ? undefined : createSchemaLearner(payloads, schemaById);
  const locate = createRecordLocator(payloads, options.onRejected);
  /** Blocks that the thread has been given the memory of, by their number. */
  const known: SharedBlock[] = [];
  /** Those of them that are back from the thread. */
  const free: SharedBlock[] = [];
  /** Blocks beyond `known` that there are. */
  let passing = 0;
  let filling: SharedBlock | undefined;
  let positions: Record<string, string> = {};
  let lock: StoreLock | undefined;
  let thread: Worker | undefined;
  let databases: StoreDatabases | undefined;
  let reader: StoreReader | undefined;
  let loaded = false;
  /** The thread works in order: what is handed over after the first request to settle comes after it. */
  let settles = false;
  let count = 0;
  let filter: HashFilter | undefined;
  let failure: Error | undefined;
  /** Blocks that the thread has. */
  let underWay = 0;
  const waiting: {
    readonly type: StoreAnswer['type'];
    readonly done: (answer: StoreAnswer) => void;
    readonly fail: (error: Error) => void;
  }[] = [];

  const failWith = (error: Error): void => {
    failure ??= error;
    for (const each of waiting.splice(0)) each.fail(failure);
  };

  const fail = (message: string): void =>
    failWith(
      new StoreError('store_failed', `The desired-state store in ${folder} failed: ${message}`, {
        retriable: true,
      }),
    );

  const take = (answer: StoreAnswer): void => {
    if (answer.type === 'failed') return fail(answer.message);
    count = answer.count;
    if (answer.filter !== undefined) {
      filter = openHashFilter(answer.filter);
      reader?.use(filter);
    }
    if (answer.type === 'written') {
      underWay--;
      const block = known[answer.block];
      if (block === undefined) passing--;
      else free.push(block);
      reader?.refresh();
      // A block that waits to be full goes now if the thread has nothing to do.
      if (underWay === 0 && failure === undefined) send();
    }
    const index = waiting.findIndex(({ type }) => type === answer.type);
    if (index !== -1) waiting.splice(index, 1)[0]?.done(answer);
  };

  const post = (request: StoreRequest): void => {
    if (failure !== undefined) throw failure;
    if (thread === undefined)
      throw new StoreError('store_not_loaded', 'The desired-state store is not open.', {
        retriable: false,
      });
    thread.postMessage(request);
  };

  const answerTo = <T extends StoreAnswer['type']>(
    type: T,
  ): Promise<Extract<StoreAnswer, { type: T }>> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      waiting.push({ type, done: resolve as (answer: StoreAnswer) => void, fail: reject });
    });

  /** Hands the block over that is being filled, with the positions that all before leads to. */
  const send = (): void => {
    if (filling === undefined && Object.keys(positions).length === 0) return;
    const block = filling ?? {
      number: PASSING_BLOCK,
      memory: NO_MEMORY,
      bytes: NO_BYTES,
      length: 0,
    };
    if (filling === undefined) passing++;
    const isNew = block.number === known.length;
    if (isNew) known.push(block);
    const memory = isNew || block.number === PASSING_BLOCK ? block.memory : undefined;
    const { number, length } = block;
    const reached = positions;
    filling = undefined;
    positions = {};
    underWay++;
    post({ type: 'write', block: number, memory, length, positions: reached, settled: settles });
  };

  /** Memory for at least so many bytes. */
  const room = async (size: number): Promise<LocatedBlock> => {
    if (filling !== undefined) {
      if (filling.bytes.length - filling.length >= size) return filling;
      send();
    }
    const isLarge = size > BLOCK_BYTES;
    while (!isLarge && free.length === 0 && known.length + passing >= MAX_BLOCKS)
      await answerTo('written');
    if (isLarge) while (underWay > 0) await answerTo('written');
    filling = isLarge ? undefined : free.pop();
    if (filling !== undefined) filling.length = 0;
    else {
      if (isLarge) passing++;
      const memory = new SharedArrayBuffer(Math.max(size, BLOCK_BYTES));
      const number = isLarge ? PASSING_BLOCK : known.length;
      filling = { number, memory, bytes: Buffer.from(memory), length: 0 };
    }
    return filling;
  };

  const lookUpIn = (): StoreReader => {
    if (reader === undefined) {
      throw new StoreError('store_not_loaded', 'The desired-state store is not loaded.', {
        retriable: false,
      });
    }
    return reader;
  };

  return {
    durable: true,
    index: {
      lookup: (identity) => lookUpIn().lookup(identity),
      covers: (provider, account) => lookUpIn().covers(provider, account),
      get size() {
        return count;
      },
    },
    open: async (demand) => {
      ({ folder, lock } = await takeStoreFolder(options.folder, options.name));
      thread = new Worker(THREAD, {
        workerData: {
          folder,
          form: { fingerprint, fields },
        } satisfies StoreThreadData,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      });
      thread.on('message', take);
      thread.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
      thread.on('exit', () => fail('its thread has ended'));
      const told = await demand;
      const answer = answerTo('opened');
      post({ type: 'open', demand: told, now: clock() });
      const opened = await answer;
      return {
        rebuilt: opened.rebuilt,
        positions: new Map(
          Object.entries(opened.positions).map(([partition, next]) => [
            Number(partition),
            BigInt(next),
          ]),
        ),
      };
    },
    write: async (partition, records, next) => {
      for (const each of records) {
        await learnSchemas?.(each);
        const located = locate(partition, each);
        if (located.words.length > 0) {
          const size = blockSize(located);
          const block =
            filling !== undefined && filling.bytes.length - filling.length >= size
              ? filling
              : await room(size);
          addToBlock(block, located);
        }
        positions[partition] = String(each.next);
      }
      positions[partition] = String(next);
      if (failure !== undefined) throw failure;
      if (underWay === 0) send();
    },
    settle: async (currentTime) => {
      send();
      const answer = answerTo('settled');
      post({ type: 'settle', currentTime });
      settles = true;
      await answer;
      databases ??= openDatabases(folder);
      reader ??= createStoreReader(databases, payloads);
      if (filter !== undefined) reader.use(filter);
      reader.refresh();
      loaded = true;
    },
    scopes: async (signal) =>
      databases === undefined || !loaded ? [] : countScopes(databases, payloads, signal),
    close: async () => {
      loaded = false;
      reader = undefined;
      await databases?.root.close();
      if (thread !== undefined) {
        const ended = new Promise<void>((resolve) => thread?.once('exit', () => resolve()));
        thread.postMessage({ type: 'close' } satisfies StoreRequest);
        await ended;
      }
      await lock?.release();
    },
  };
};
