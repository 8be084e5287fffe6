import PQueue from 'p-queue';
import { createByteSlabs } from '../../codec/byte-slabs.ts';
import type {
  DocumentResult,
  DocumentWriter,
  IndexDocument,
  UnitScope,
} from '../../pipeline/ports.ts';
import { documentFault, packBodies, type BodyLimits } from './bulk-body.ts';
import { writeChunk, type ChunkRun, type ChunkTools } from './bulk-chunk.ts';
import { createConcurrencyLimit } from './concurrency-limit.ts';

export interface BulkWriterOptions extends Omit<ChunkTools, 'bodies'> {
  readonly limits: BodyLimits;
  /** Most bulk requests under way at the same time, over all units; fewer while OpenSearch is overloaded. */
  readonly concurrency: number;
  /** Most time between two heartbeats while a write is under way. */
  readonly heartbeatIntervalMs: number;
  /** Give up after this long without progress; undefined: never. */
  readonly patienceMs?: number | undefined;
}

/** A larger body has memory of its own. */
const MOST_SLAB_BYTES = 8 * 1_024 * 1_024;

/** Code `opensearch_unavailable`: OpenSearch took nothing for longer than the writer's patience. The unit may be tried again. */
class OpenSearchUnavailableError extends Error {
  readonly code = 'opensearch_unavailable';
  readonly retriable = true;

  constructor(cause: string, seconds: number) {
    super(`OpenSearch took no document for ${Math.round(seconds)} s: ${cause}`);
    this.name = 'OpenSearchUnavailableError';
  }
}

/** Calls the heartbeat again and again until `done` is aborted; a heartbeat that throws ends the write. */
const keepAlive = async (
  options: BulkWriterOptions,
  scope: UnitScope,
  stop: AbortController,
  done: AbortSignal,
): Promise<void> => {
  while (!done.aborted) {
    await options.sleep(options.heartbeatIntervalMs, done);
    if (done.aborted) return;
    try {
      await scope.heartbeat();
    } catch (error) {
      stop.abort(error);
      return;
    }
  }
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** Writes documents by bulk requests of bounded size until each has a result, in the order of the documents. */
export const createBulkWriter = (options: BulkWriterOptions): DocumentWriter => {
  const { concurrency, limits } = options;
  const queue = new PQueue({ concurrency });
  const slabBytes = Math.min(limits.maxBytes, MOST_SLAB_BYTES);
  const bodies = createByteSlabs({ slabBytes, maxKept: concurrency });
  const tools: ChunkTools = { ...options, bodies };
  const tellLimit = (limit: number): void =>
    options.telemetry.emit({ type: 'bulk.concurrency', limit });
  const load = createConcurrencyLimit(concurrency, (limit) => {
    queue.concurrency = limit;
    tellLimit(limit);
  });
  tellLimit(concurrency);

  /** Adds each chunk when the queue has room for it, and waits for all of them. */
  const writeChunks = async (
    chunks: readonly (readonly number[])[],
    run: ChunkRun,
    stop: AbortController,
  ): Promise<void> => {
    const tasks: Promise<void>[] = [];
    const aborted = untilAborted(run.signal);
    for (const chunk of chunks) {
      await Promise.race([queue.onSizeLessThan(load.current), aborted]);
      if (run.signal.aborted) break;
      // A task never rejects: the first failure ends the others, and is thrown once all have ended.
      const task = queue.add(() => writeChunk(tools, run, chunk), { signal: run.signal });
      tasks.push(task.catch((error: unknown) => stop.abort(error)));
    }
    await Promise.all(tasks);
    run.signal.throwIfAborted();
  };

  return {
    write: async (documents, scope) => {
      const results: (DocumentResult | undefined)[] = documents.map((document) => {
        const message = documentFault(document);
        return message === undefined ? undefined : { status: 'rejected', message };
      });
      let lastProgress = options.clock();
      const stop = new AbortController();
      const done = new AbortController();
      const run: ChunkRun = {
        documents,
        load,
        signal: AbortSignal.any([scope.signal, stop.signal]),
        settle: (position, result) => {
          results[position] = result;
          lastProgress = options.clock();
        },
        checkPatience: (cause) => {
          const waited = options.clock() - lastProgress;
          if (options.patienceMs !== undefined && waited >= options.patienceMs) {
            throw new OpenSearchUnavailableError(cause, waited / 1000);
          }
        },
      };
      run.signal.throwIfAborted();
      const open = results.flatMap((result, position) => (result === undefined ? [position] : []));
      const alive = keepAlive(options, scope, stop, AbortSignal.any([run.signal, done.signal]));
      try {
        await writeChunks(packBodies(documents, open, limits), run, stop);
      } finally {
        done.abort();
        await alive;
      }
      return results.map((result, position) => result ?? missing(documents, position));
    },
  };
};

const missing = (documents: readonly IndexDocument[], position: number): never => {
  throw new Error(`document ${position} of ${documents.length} ended without a result`);
};
