import { setImmediate as nextTurn } from 'node:timers/promises';
import { desiredPayloads } from '../../codec/desired-resource-payload.ts';
import type { PackedRecords } from '../../codec/record-batch.ts';
import type { DesiredIndex } from '../../core/model/desired-resource.ts';
import type { ScopeCount } from '../../telemetry/telemetry-event.ts';
import type { StoreDemand } from './open-store.ts';
import { createSchemaLearner, type SchemaById } from './schema-learner.ts';
import { countScopes } from './scope-census.ts';
import { openHashFilter, type HashFilter } from './hash-filter.ts';
import { createRecordLocator, type RejectedRecord } from './record-locator.ts';
import { openDatabases, type StoreDatabases } from './store-databases.ts';
import { StoreError } from './store-error.ts';
import { takeStoreFolder } from './store-folder.ts';
import { createStoreReader, type StoreReader } from './store-reader.ts';
import { startStoreWorker, type GoodAnswer, type StoreWorker } from './store-worker.ts';
import { createWriteQueue, type WriteQueue } from './write-queue.ts';

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
  /**
   * Told of a record that the store does not take; what its key held before stays. Before it is written, so that one
   * that has to be read again is told again.
   */
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
  open(demand: Promise<StoreDemand>): Promise<OpenedDiskStore>;
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

/** A store that is not open yet. One process has a folder for itself. */
export const createDiskStore = (options: DiskStoreOptions): DiskStore => {
  const { schemas, schemaById, clock } = options;
  let folder = options.folder ?? '';
  const payloads = desiredPayloads(schemas);
  const { fingerprint, fields } = payloads;
  const learnSchemas =
    schemaById === undefined ? undefined : createSchemaLearner(payloads, schemaById);
  const locator = createRecordLocator(payloads, options.onRejected);
  let taking: ReturnType<typeof takeStoreFolder> | undefined;
  let worker: StoreWorker | undefined;
  let queue: WriteQueue | undefined;
  let databases: StoreDatabases | undefined;
  let reader: StoreReader | undefined;
  let closing: Promise<void> | undefined;
  let count = 0;
  let filter: HashFilter | undefined;

  const take = (answer: GoodAnswer): void => {
    count = answer.count;
    if (answer.filter !== undefined) {
      filter = openHashFilter(answer.filter);
      reader?.use(filter);
    }
    if (answer.type === 'written') {
      queue?.written(answer);
      reader?.refresh();
      if (closing === undefined) queue?.sendIfIdle();
    }
  };

  const lookUpIn = (): StoreReader => {
    if (reader === undefined) throw notLoaded('is not loaded');
    return reader;
  };

  const refuseClosed = (): void => {
    if (closing !== undefined) throw notLoaded('was closed');
  };

  const opened = (): { readonly worker: StoreWorker; readonly queue: WriteQueue } => {
    refuseClosed();
    if (worker === undefined || queue === undefined) throw notLoaded('is not open');
    return { worker, queue };
  };

  const close = async (): Promise<void> => {
    reader = undefined;
    try {
      await databases?.root.close();
    } finally {
      await worker?.end();
      // Where it is being opened, the folder may be taken only now.
      await taking?.then(
        (taken) => taken.lock.release(),
        () => undefined,
      );
    }
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
      // Reported below, unless something else has failed by then.
      demand.catch(() => undefined);
      taking = takeStoreFolder(options.folder, options.name);
      ({ folder } = await taking);
      refuseClosed();
      worker = startStoreWorker({ folder, form: { fingerprint, fields } }, take);
      queue = createWriteQueue(worker);
      const told = await Promise.race([demand, worker.failed]);
      const { rebuilt, positions } = await worker.ask(
        { type: 'open', demand: told, now: clock() },
        'opened',
      );
      return {
        rebuilt,
        positions: new Map(
          Object.entries(positions).map(([partition, next]) => [Number(partition), BigInt(next)]),
        ),
      };
    },
    write: async (partition, records, next) => {
      const to = opened();
      // Nothing is looked at, and no record told as rejected, that cannot be written.
      to.worker.check();
      for (const each of records) {
        await learnSchemas?.(each);
        refuseClosed();
        locator.begin(partition, each);
        for (let piece = locator.next(); piece !== undefined; piece = locator.next()) {
          if (piece.words.length > 0) await to.queue.add(piece);
          // Most batches are one piece. Between those of a large one others have their turn.
          if (!piece.isLast) await nextTurn();
          refuseClosed();
        }
        to.queue.reached(partition, BigInt(each.next));
      }
      to.queue.reached(partition, next);
      to.worker.check();
      to.queue.sendIfIdle();
    },
    settle: async (currentTime) => {
      const to = opened();
      to.queue.send();
      const settled = to.worker.ask({ type: 'settle', currentTime }, 'settled');
      // The thread works in order: what is handed over from here on comes after it.
      to.queue.settleAll();
      await settled;
      refuseClosed();
      databases ??= openDatabases(folder);
      reader ??= createStoreReader(databases, payloads);
      if (filter !== undefined) reader.use(filter);
      reader.refresh();
    },
    scopes: async (signal) =>
      databases === undefined || reader === undefined
        ? []
        : countScopes(databases, payloads, signal),
    close: () => (closing ??= close()),
  };
};

const notLoaded = (why: string): StoreError =>
  new StoreError('store_not_loaded', `The desired-state store ${why}.`, { retriable: false });
