import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { StoreError } from './store-error.ts';
import { takeStoreLock, type StoreLock } from './store-lock.ts';

/** Stores below the system's temporary folder: as many processes of one group may run on one machine. */
const MAX_SLOTS = 64;

/** A folder that only this user can have written to. */
const makeOwnFolder = (folder: string): void => {
  makeFolder(folder, 0o700);
  const found = lstatSync(folder);
  if (found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid()))
    return;
  throw new StoreError(
    'store_folder',
    `${folder} belongs to another user: set desired.storeFolder.`,
    { retriable: false },
  );
};

/**
 * Locks the folder of the store: the configured one, or the first that is free below the system's temporary folder
 * for this user and this name, so that a process that starts again finds what it had.
 * @throws StoreError `store_in_use`, `store_folder`
 */
export const takeStoreFolder = async (
  configured: string | undefined,
  name: string,
): Promise<{ readonly folder: string; readonly lock: StoreLock }> => {
  if (configured !== undefined)
    return { folder: configured, lock: await takeStoreLock(configured) };
  const user = process.getuid?.() ?? userInfo().username;
  const base = join(tmpdir(), `driftline-${user}`);
  makeOwnFolder(base);
  const own = join(base, createHash('sha256').update(name).digest('hex').slice(0, 16));
  makeOwnFolder(own);
  for (let slot = 0; slot < MAX_SLOTS; slot++) {
    const folder = join(own, `desired-state-${slot}`);
    try {
      return { folder, lock: await takeStoreLock(folder) };
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'store_in_use') throw error;
    }
  }
  throw new StoreError(
    'store_in_use',
    `All ${MAX_SLOTS} stores below ${own} are in use: set desired.storeFolder.`,
    { retriable: true },
  );
};
