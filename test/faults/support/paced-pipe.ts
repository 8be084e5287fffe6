import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What is wrong with the way. Milliseconds and bytes. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  /** Bytes wait, and go on once the fault is over: a network that was away. */
  | { readonly kind: 'stall' }
  /** Bytes vanish, and the connections that lived then stay open and mute for ever: half open. */
  | { readonly kind: 'black-hole' }
  | { readonly kind: 'slow-drip'; readonly bytesPerSecond: number }
  /** Each connection is reset, new ones at once. */
  | { readonly kind: 'cut' };

export interface PacedPipe {
  push(chunk: Buffer): void;
  /** Closes the far end once all has gone through. */
  finish(): void;
  end(): void;
}

const highBytes = 4 * 1024 * 1024;
const lookMs = 10;
const dripsPerSecond = 20;

/** One direction of a connection: passes on what is pushed, in order, as the fault of the moment has it. */
export const createPacedPipe = (options: {
  readonly from: Socket;
  readonly to: Socket;
  readonly fault: () => Fault;
  readonly isMute: () => boolean;
  readonly random: () => number;
}): PacedPipe => {
  const { from, to, fault, isMute, random } = options;
  const queue: { readonly chunk: Buffer; readonly due: number }[] = [];
  let bytes = 0;
  let ended = false;
  let finishing = false;
  let pumping = false;

  const lag = (): number => {
    const now = fault();
    return now.kind === 'latency' ? now.ms + random() * now.jitterMs : 0;
  };

  const passable = async (): Promise<void> => {
    while (!ended && fault().kind === 'stall') await delay(lookMs);
  };

  const write = async (chunk: Buffer): Promise<void> => {
    if (ended || isMute() || to.destroyed) return;
    if (!to.write(chunk)) {
      while (!ended && !to.destroyed && to.writableNeedDrain) await delay(lookMs);
    }
  };

  const pass = async (chunk: Buffer): Promise<void> => {
    let rest = chunk;
    while (rest.length > 0 && !ended) {
      await passable();
      const now = fault();
      if (now.kind !== 'slow-drip') return write(rest);
      const size = Math.max(1, Math.floor(now.bytesPerSecond / dripsPerSecond));
      await write(rest.subarray(0, size));
      rest = rest.subarray(size);
      if (rest.length > 0) await delay(1000 / dripsPerSecond);
    }
  };

  const pump = async (): Promise<void> => {
    if (pumping) return;
    pumping = true;
    for (let next = queue.shift(); next !== undefined && !ended; next = queue.shift()) {
      const wait = next.due - performance.now();
      if (wait > 0) await delay(wait);
      await pass(next.chunk);
      bytes -= next.chunk.length;
      if (from.isPaused() && bytes < highBytes / 2) from.resume();
    }
    pumping = false;
    if (finishing && !ended && !isMute()) to.end();
  };

  return {
    push: (chunk) => {
      queue.push({ chunk, due: performance.now() + lag() });
      bytes += chunk.length;
      if (bytes > highBytes) from.pause();
      void pump();
    },
    finish: () => {
      finishing = true;
      void pump();
    },
    end: () => {
      ended = true;
      queue.length = 0;
    },
  };
};
