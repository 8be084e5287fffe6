import { parentPort, workerData } from 'node:worker_threads';
import { desiredPayloads, wireFormatId } from '../../codec/desired-resource-payload.ts';
import { createRecordCursor } from '../../codec/record-batch.ts';
import { openStore, type OpenedStore } from './open-store.ts';
import { recordsOfBlock, type PartitionRecords } from './record-block.ts';
import {
  PASSING_BLOCK,
  type StoreAnswer,
  type StoreRequest,
  type StoreThreadData,
} from './store-messages.ts';

/** The thread that writes the store: records come as Kafka packs them, and are decoded, hashed and put away here. */
const port = parentPort;
if (port === null) throw new Error('store-thread.ts is run as a thread, by disk-store.ts.');
const { folder, schemas, hasRegistry } = workerData as StoreThreadData;
const payloads = desiredPayloads(schemas);
const cursor = createRecordCursor();
let store: OpenedStore | undefined;
let sentFilter: SharedArrayBuffer | undefined;
/** Memory of blocks that come again, by their number. */
const blocks = new Map<number, Buffer>();
const knownIds = new Set<number>();
/** Called with the next schema that is told. */
let schemaTold: (told: boolean) => void = () => undefined;

const opened = (): OpenedStore => {
  if (store === undefined) throw new Error('The store is not open.');
  return store;
};

/** Learns of all schemas that the records need before they are applied, which waits for nothing. */
const learnSchemas = async (batches: readonly PartitionRecords[]): Promise<void> => {
  const wanted = new Set<number>();
  for (const { records } of batches) {
    cursor.reset(records);
    while (cursor.next()) {
      if (cursor.valueEnd < 0) continue;
      const id = wireFormatId(cursor.bytes, cursor.valueStart, cursor.valueEnd);
      if (id !== undefined && !knownIds.has(id)) wanted.add(id);
    }
  }
  for (const id of wanted) {
    const told = new Promise<boolean>((resolve) => (schemaTold = resolve));
    port.postMessage({ type: 'schema-wanted', id } satisfies StoreAnswer);
    if (!(await told)) throw new Error(`the schema registry does not tell of schema ${id}`);
  }
};

/** The filter of the store, where the other thread has not got it yet. */
const newFilter = (): SharedArrayBuffer | undefined => {
  const memory = store?.writer.filter.memory;
  if (memory === sentFilter) return undefined;
  sentFilter = memory;
  return memory;
};

const answer = async (request: Exclude<StoreRequest, { type: 'schema' }>): Promise<StoreAnswer> => {
  switch (request.type) {
    case 'open': {
      store = await openStore(folder, payloads, request.demand, request.now);
      const { positions, count } = store.writer.state;
      return { type: 'opened', positions, count, rebuilt: store.rebuilt, filter: newFilter() };
    }
    case 'write': {
      const { block, memory, length, positions, settled } = request;
      const { writer } = opened();
      const bytes = memory === undefined ? blocks.get(block)! : Buffer.from(memory);
      if (block !== PASSING_BLOCK) blocks.set(block, bytes);
      const batches = recordsOfBlock({ bytes, length });
      if (hasRegistry) await learnSchemas(batches);
      const rejected = writer.apply(batches, positions, settled);
      const { count } = writer.state;
      return { type: 'written', block, rejected, count, filter: newFilter() };
    }
    case 'settle': {
      const { writer } = opened();
      writer.settle(request.currentTime);
      return { type: 'settled', count: writer.state.count, filter: newFilter() };
    }
    case 'close':
      await store?.close();
      return { type: 'closed', count: store?.writer.state.count ?? 0, filter: undefined };
  }
};

let work: Promise<void> = Promise.resolve();
let failed = false;

port.on('message', (request: StoreRequest) => {
  if (request.type === 'schema') {
    payloads.learn(request.id, request.registered);
    // One that is not there now may be registered later.
    if (request.registered !== undefined) knownIds.add(request.id);
    schemaTold(request.told);
    return;
  }
  work = work.then(async () => {
    // After a failure nothing is written any more; the transaction that failed has left no trace.
    if (failed && request.type !== 'close') return;
    try {
      port.postMessage(await answer(request));
    } catch (error) {
      failed = true;
      port.postMessage({
        type: 'failed',
        message: error instanceof Error ? error.message : String(error),
      } satisfies StoreAnswer);
    }
    if (request.type === 'close') port.close();
  });
});
