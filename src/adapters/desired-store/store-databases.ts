import { closeSync, existsSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';

/** The LMDB databases of the store; a number is a key of four bytes. */
export interface StoreDatabases {
  readonly root: RootDatabase<Buffer, string>;
  /** Payloads by resource number. Numbers rise, and none is used twice. */
  readonly resources: Database<Buffer, number>;
  /** Entries of the hash index by bucket: see `bucket.ts`. */
  readonly buckets: Database<Buffer, number>;
  /** How many resources an account has, by `accountKey`. */
  readonly accounts: Database<Buffer, Uint8Array>;
  /** One row, `state`: JSON of a StoreState. */
  readonly state: Database<Buffer, string>;
}

const DATA_FILE = 'data.mdb';
const LOCK_FILE = 'lock.mdb';
/** Address space, not memory and not disk: the file is as long as what is in it. */
const MAP_BYTES = 64 * 1024 ** 3;

/** Of a new store. Twice LMDB's default: a load takes a quarter less of LMDB's time, and lookups no more. */
const PAGE_BYTES = 8_192;

interface EnvironmentStats {
  readonly pageSize: number;
  readonly lastPageNumber: number;
}

const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const MAX_PAGE_BYTES = 65_536;

/** LMDB ends the process on a file that does not begin with its two meta pages. */
const refuseForeign = (folder: string): void => {
  const path = join(folder, DATA_FILE);
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(2 * MAX_PAGE_BYTES);
    const length = readSync(file, head, 0, head.length, 0);
    if (length === 0) return;
    const pageSize = head.readUInt32LE(PAGE_SIZE_AT);
    const isMeta = (at: number): boolean => head.readUInt32LE(at + MAGIC_AT) === MAGIC;
    if (!isMeta(0) || pageSize > MAX_PAGE_BYTES || !isMeta(pageSize)) {
      throw new Error(`${DATA_FILE} does not begin as a file of LMDB does`);
    }
  } finally {
    closeSync(file);
  }
};

/** What LMDB itself does not look at before it maps the file: reading behind its end would end the process. */
const refuseTruncated = (folder: string, root: RootDatabase<Buffer, string>): void => {
  const { pageSize, lastPageNumber } = root.getStats() as EnvironmentStats;
  const file = openSync(join(folder, DATA_FILE), 'r');
  try {
    const { size } = fstatSync(file);
    if (size > 0 && size < (lastPageNumber + 1) * pageSize) {
      throw new Error(
        `${DATA_FILE} has ${size} bytes, and its pages need ${(lastPageNumber + 1) * pageSize}`,
      );
    }
  } finally {
    closeSync(file);
  }
};

/**
 * Opens what is there, or makes it. Nothing is flushed to the disk: after a crash of the machine the files cannot be
 * trusted (see `store-session.ts`), after one of the process they can.
 * Throws where LMDB refuses the files, or they are truncated.
 */
export const openDatabases = (folder: string): StoreDatabases => {
  refuseForeign(folder);
  const root = open<Buffer, string>({
    path: folder,
    // A folder whose name has a dot is a folder all the same.
    noSubdir: false,
    encoding: 'binary',
    cache: false,
    mapSize: MAP_BYTES,
    maxDbs: 8,
    noSync: true,
    overlappingSync: false,
    pageSize: PAGE_BYTES,
  });
  try {
    refuseTruncated(folder, root);
    return {
      root,
      resources: root.openDB('resources', {
        encoding: 'binary',
        keyEncoding: 'uint32',
        cache: false,
      }),
      buckets: root.openDB('buckets', { encoding: 'binary', keyEncoding: 'uint32', cache: false }),
      accounts: root.openDB('accounts', {
        encoding: 'binary',
        keyEncoding: 'binary',
        cache: false,
      }),
      state: root.openDB('state', { encoding: 'binary', cache: false }),
    };
  } catch (error) {
    void root.close();
    throw error;
  }
};

export const removeDatabases = (folder: string): void => {
  for (const name of [DATA_FILE, LOCK_FILE]) rmSync(join(folder, name), { force: true });
};

export const dataFile = (folder: string): string => join(folder, DATA_FILE);
