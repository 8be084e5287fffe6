import { parentPort, workerData } from 'node:worker_threads';
import { openStore, type OpenedStore } from './open-store.ts';
import { recordsOfBlock } from './located-block.ts';
import {
  PASSING_BLOCK,
  type StoreAnswer,
  type StoreRequest,
  type StoreThreadData,
} from './store-messages.ts';

/** The thread that writes the store: of records that the other thread has located. */
const port = parentPort;
if (port === null) throw new Error('store-thread.ts is run as a thread, by store-worker.ts.');
const { folder, form } = workerData as StoreThreadData;
let store: OpenedStore | undefined;
let sentFilter: SharedArrayBuffer | undefined;
/** Memory of blocks that come again, by their number. */
const blocks = new Map<number, Buffer>();

const opened = (): OpenedStore => {
  if (store === undefined) throw new Error('The store is not open.');
  return store;
};

/** The filter of the store, where the other thread has not got it yet. */
const newFilter = (): SharedArrayBuffer | undefined => {
  const memory = store?.writer.filter.memory;
  if (memory === sentFilter) return undefined;
  sentFilter = memory;
  return memory;
};

const answer = async (request: StoreRequest): Promise<StoreAnswer> => {
  switch (request.type) {
    case 'open': {
      store = await openStore(folder, form, request.demand, request.now);
      const { positions, count } = store.writer.state;
      return { type: 'opened', positions, count, rebuilt: store.rebuilt, filter: newFilter() };
    }
    case 'write': {
      const { block, memory, length, positions, settled } = request;
      const { writer } = opened();
      const bytes = memory === undefined ? blocks.get(block)! : Buffer.from(memory);
      if (block !== PASSING_BLOCK) blocks.set(block, bytes);
      writer.apply(recordsOfBlock({ bytes, length }), positions, settled);
      const { count } = writer.state;
      return { type: 'written', block, count, filter: newFilter() };
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
let closing = false;

port.on('message', (request: StoreRequest) => {
  work = work.then(async () => {
    // Behind the request to close nothing is done. After a failure neither: what failed has left no trace.
    if (closing || (failed && request.type !== 'close')) return;
    closing = request.type === 'close';
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
