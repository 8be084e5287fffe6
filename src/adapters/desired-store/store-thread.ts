import { parentPort, workerData } from 'node:worker_threads';
import { desiredPayloads } from '../../codec/desired-resource-payload.ts';
import { openStore, type OpenedStore } from './open-store.ts';
import { unpackRecords } from './record-block.ts';
import type { StoreAnswer, StoreRequest, StoreThreadData } from './store-messages.ts';

/** The thread that writes the store: records come packed, and are decoded, hashed and put away here. */
const port = parentPort;
if (port === null) throw new Error('store-thread.ts is run as a thread, by disk-store.ts.');
const { folder, schemas } = workerData as StoreThreadData;
const payloads = desiredPayloads(schemas);
let store: OpenedStore | undefined;

const opened = (): OpenedStore => {
  if (store === undefined) throw new Error('The store is not open.');
  return store;
};

const answer = async (request: Exclude<StoreRequest, { type: 'schema' }>): Promise<StoreAnswer> => {
  switch (request.type) {
    case 'open': {
      store = await openStore(folder, payloads, request.demand, request.now);
      const { positions, count } = store.writer.state;
      return { type: 'opened', positions, count, rebuilt: store.rebuilt };
    }
    case 'write': {
      const { memory, length, positions, settled } = request;
      const { writer } = opened();
      const rejected = writer.apply(
        unpackRecords({ bytes: Buffer.from(memory), length }),
        positions,
        settled,
      );
      return { type: 'written', memory, rejected, count: writer.state.count };
    }
    case 'settle': {
      const { writer } = opened();
      writer.settle(request.currentTime);
      return { type: 'settled', count: writer.state.count };
    }
    case 'close':
      await store?.close();
      return { type: 'closed', count: store?.writer.state.count ?? 0 };
  }
};

let work: Promise<void> = Promise.resolve();
let failed = false;

port.on('message', (request: StoreRequest) => {
  if (request.type === 'schema') {
    payloads.learn(request.id, request.registered);
    return;
  }
  work = work.then(async () => {
    // After a failure nothing is written any more; the transaction that failed has left no trace.
    if (failed && request.type !== 'close') return;
    try {
      const reply = await answer(request);
      port.postMessage(reply, reply.type === 'written' ? [reply.memory] : []);
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
