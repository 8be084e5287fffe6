import { ownBytes } from './own-bytes.ts';

/** Up to here a loop over the bytes is faster than a call of the runtime. */
const LOOP_BYTES = 48;
/** Of a longer key so many bytes tell where it is kept; all of them are compared before it counts as found. */
const SAMPLES = 128;
const FNV_PRIME = 0x01000193;
/** A longer key fills the whole store with few values. */
const LONGEST_KEY = 4_096;

export interface SharedBytesLimits {
  /** Most values kept. */
  readonly entries: number;
  /** Most bytes of all keys. */
  readonly bytes: number;
}

interface Entry<T> {
  readonly maker: number;
  readonly key: Buffer;
  readonly value: T;
}

const sampledHash = (maker: number, bytes: Uint8Array, start: number, end: number): number => {
  const length = end - start;
  const step = length <= SAMPLES ? 1 : Math.ceil(length / (SAMPLES / 2));
  let hash = Math.imul(maker + 1, FNV_PRIME) ^ length;
  for (let at = start; at < end; at += step) hash = Math.imul(hash ^ bytes[at]!, FNV_PRIME);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
};

const holds = (key: Buffer, bytes: Buffer, start: number, end: number): boolean => {
  const { length } = key;
  if (length !== end - start) return false;
  if (length > LOOP_BYTES) return key.compare(bytes, start, end) === 0;
  for (let at = 0; at < length; at++) if (key[at] !== bytes[start + at]) return false;
  return true;
};

/**
 * What was made of bytes that come again and again, such as the actor of a session: the same value each time, so that
 * who gets it may keep what it made of it, by identity. Nobody may change such a value. Forgets all when it is full.
 */
export class SharedBytes<T> {
  readonly #limits: SharedBytesLimits;
  readonly #entries = new Map<number, Entry<T>>();
  #makers = 0;
  #bytes = 0;

  constructor(limits: SharedBytesLimits) {
    this.#limits = limits;
  }

  /** A number for one who makes values in a way of its own: the same bytes may mean something else to another. */
  newMaker(): number {
    return this.#makers++;
  }

  find(maker: number, bytes: Buffer, start: number, end: number): T | undefined {
    const entry = this.#entries.get(sampledHash(maker, bytes, start, end));
    return entry?.maker === maker && holds(entry.key, bytes, start, end) ? entry.value : undefined;
  }

  keep(maker: number, bytes: Buffer, start: number, end: number, value: T): void {
    const length = end - start;
    if (length > LONGEST_KEY) return;
    const hash = sampledHash(maker, bytes, start, end);
    const added = length - (this.#entries.get(hash)?.key.length ?? 0);
    if (this.#entries.size >= this.#limits.entries || this.#bytes + added > this.#limits.bytes) {
      this.#entries.clear();
      this.#bytes = 0;
    }
    this.#bytes += length - (this.#entries.get(hash)?.key.length ?? 0);
    this.#entries.set(hash, { maker, key: ownBytes(bytes, start, start + length), value });
  }
}
