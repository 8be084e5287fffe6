import { addToBlock, blockSize, type LocatedBlock } from './located-block.ts';
import type { LocatedRecords } from './located-records.ts';
import { PASSING_BLOCK, type StoreAnswer } from './store-messages.ts';
import type { StoreWorker } from './store-worker.ts';

/** Records on their way to the thread that writes, in blocks of memory that both threads see. One call at a time. */
export interface WriteQueue {
  /** Copies records; waits while too much is under way. Rejects as the worker fails. */
  add(records: LocatedRecords): Promise<void>;
  /** All of a partition below `next` was added. */
  reached(partition: number, next: bigint): void;
  /** Hands over what was added. @throws as the worker does */
  send(): void;
  /** The same, where the thread has nothing to do: a block that waits to be full goes now. */
  sendIfIdle(): void;
  /** What is handed over from now on is settled with its transaction. */
  settleAll(): void;
  /** To be called when a block has been written. */
  written(answer: Extract<StoreAnswer, { type: 'written' }>): void;
}

const BLOCK_BYTES = 2 * 1024 * 1024;
const MAX_BLOCKS = 3;

/** A block in memory that threads share, since handing memory over costs more than a copy into it. */
interface SharedBlock extends LocatedBlock {
  readonly number: number;
  readonly memory: SharedArrayBuffer;
}

const sharedBlock = (number: number, size: number): SharedBlock => {
  const memory = new SharedArrayBuffer(size);
  return { number, memory, bytes: Buffer.from(memory), length: 0 };
};

const NOTHING = sharedBlock(PASSING_BLOCK, 0);

export const createWriteQueue = (worker: StoreWorker): WriteQueue => {
  /** Blocks that the thread has been given the memory of, by their number. */
  const known: SharedBlock[] = [];
  /** Those of them that are back from the thread. */
  const free: SharedBlock[] = [];
  /** Blocks beyond `known` that there are. */
  let passing = 0;
  let filling: SharedBlock | undefined;
  let positions: Record<string, string> = {};
  /** Blocks that the thread has. */
  let underWay = 0;
  let settled = false;

  const hasRoom = (size: number): boolean =>
    filling !== undefined && filling.bytes.length - filling.length >= size;

  const send = (): void => {
    if (filling === undefined && Object.keys(positions).length === 0) return;
    const block = filling ?? NOTHING;
    if (filling === undefined) passing++;
    const isNew = block.number === known.length;
    if (isNew) known.push(block);
    const memory = isNew || block.number === PASSING_BLOCK ? block.memory : undefined;
    const { number, length } = block;
    const reached = positions;
    filling = undefined;
    positions = {};
    underWay++;
    worker.post({ type: 'write', block: number, memory, length, positions: reached, settled });
  };

  const sendIfIdle = (): void => {
    if (underWay === 0) send();
  };

  /** A block with memory for at least so many bytes. */
  const roomFor = async (size: number): Promise<SharedBlock> => {
    if (filling !== undefined) send();
    const isLarge = size > BLOCK_BYTES;
    const isTooMuch = (): boolean =>
      isLarge ? underWay > 0 : free.length === 0 && known.length + passing >= MAX_BLOCKS;
    while (isTooMuch()) await worker.answer('written');
    if (isLarge) {
      passing++;
      return sharedBlock(PASSING_BLOCK, size);
    }
    const block = free.pop() ?? sharedBlock(known.length, BLOCK_BYTES);
    block.length = 0;
    return block;
  };

  return {
    add: async (records) => {
      const size = blockSize(records);
      if (!hasRoom(size)) filling = await roomFor(size);
      addToBlock(filling!, records);
    },
    reached: (partition, next) => {
      positions[partition] = String(next);
    },
    send,
    sendIfIdle,
    settleAll: () => {
      settled = true;
    },
    written: ({ block: number }) => {
      underWay--;
      const block = known[number];
      if (block === undefined) passing--;
      else free.push(block);
    },
  };
};
