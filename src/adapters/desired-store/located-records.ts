/**
 * Records of one partition, taken apart for the thread that writes. Each record is some words of 4 bytes: where its key
 * and its payload lie in the bytes, and the hashes it is found by.
 */
export interface LocatedBatch {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
}

/** The same before it is put into one piece of memory: the bytes are the records as Kafka packs them, uncompressed. */
export interface LocatedRecords extends LocatedBatch {
  /** Payloads that came in another schema. Offsets go on from the end of `bytes`, one payload behind the other. */
  readonly converted: readonly Buffer[];
}

/** Where an account or a value is absent. */
export const ABSENT = 0xffffffff;

/** A record: these words, then for each identity the high and the low half of its hash. */
export const KEY_START = 0;
export const KEY_END = 1;
export const PAYLOAD_START = 2;
/** `ABSENT` for a tombstone, which has no identities. */
export const PAYLOAD_END = 3;
export const PROVIDER_START = 4;
export const PROVIDER_END = 5;
export const ACCOUNT_START = 6;
/** `ABSENT` where the resource has none. */
export const ACCOUNT_END = 7;
export const KEY_HIGH = 8;
export const KEY_LOW = 9;
/** Identities. */
export const COUNT = 10;
export const RECORD_WORDS = 11;

/** Where the record behind one begins in the words. */
export const nextRecord = (words: Uint32Array, at: number): number =>
  at + RECORD_WORDS + 2 * words[at + COUNT]!;

/** Goes from record to record; the fields are of the record it stands at, and offsets into `bytes`. */
export interface LocatedCursor {
  readonly bytes: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly keyHigh: number;
  readonly keyLow: number;
  readonly payloadStart: number;
  /** -1: a tombstone. */
  readonly payloadEnd: number;
  readonly providerStart: number;
  readonly providerEnd: number;
  readonly accountStart: number;
  /** -1: the resource has no account. */
  readonly accountEnd: number;
  /** Where the hashes of the identities lie in the words, each two of them. */
  readonly hashesStart: number;
  readonly hashesEnd: number;
  /** Stands at the first record next. */
  reset(bytes: Buffer, words: Uint32Array): void;
  /** False behind the last record. */
  next(): boolean;
}

class Cursor implements LocatedCursor {
  bytes: Buffer = Buffer.alloc(0);
  keyStart = 0;
  keyEnd = 0;
  keyHigh = 0;
  keyLow = 0;
  payloadStart = 0;
  payloadEnd = -1;
  providerStart = 0;
  providerEnd = 0;
  accountStart = 0;
  accountEnd = -1;
  hashesStart = 0;
  hashesEnd = 0;
  #words: Uint32Array = new Uint32Array(0);

  reset(bytes: Buffer, words: Uint32Array): void {
    this.bytes = bytes;
    this.#words = words;
    this.hashesEnd = 0;
  }

  next(): boolean {
    const words = this.#words;
    const at = this.hashesEnd;
    if (at >= words.length) return false;
    this.keyStart = words[at + KEY_START]!;
    this.keyEnd = words[at + KEY_END]!;
    this.payloadStart = words[at + PAYLOAD_START]!;
    const payloadEnd = words[at + PAYLOAD_END]!;
    this.payloadEnd = payloadEnd === ABSENT ? -1 : payloadEnd;
    this.providerStart = words[at + PROVIDER_START]!;
    this.providerEnd = words[at + PROVIDER_END]!;
    this.accountStart = words[at + ACCOUNT_START]!;
    const accountEnd = words[at + ACCOUNT_END]!;
    this.accountEnd = accountEnd === ABSENT ? -1 : accountEnd;
    this.keyHigh = words[at + KEY_HIGH]!;
    this.keyLow = words[at + KEY_LOW]!;
    this.hashesStart = at + RECORD_WORDS;
    this.hashesEnd = nextRecord(words, at);
    return true;
  }
}

export const createLocatedCursor = (): LocatedCursor => new Cursor();
