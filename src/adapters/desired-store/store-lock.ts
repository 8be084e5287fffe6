import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { StoreError } from './store-error.ts';

/** The right to use the folder of a store, held until `release` or the end of the process, however it ends. */
export interface StoreLock {
  release(): Promise<void>;
}

const FILE = 'lock.sock';
const ANSWER_MS = 2_000;
/** Room for a path in the address of a socket, on the system that has the least. */
const MAX_SOCKET_PATH = 100;

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/**
 * The folder by a short name, since the address of a socket has little room.
 * @returns what to do once the name is not needed any more
 */
const shortName = (folder: string): { readonly name: string; readonly done: () => void } => {
  if (process.platform === 'linux') {
    const handle = openSync(folder, 'r');
    return { name: `/proc/self/fd/${handle}`, done: () => closeSync(handle) };
  }
  const near = relative(process.cwd(), folder);
  return { name: near.length < folder.length ? near : folder, done: () => undefined };
};

const listen = (path: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid));
    });
    server.once('error', reject);
    server.listen(path, () => {
      server.removeListener('error', reject);
      server.unref();
      resolve(server);
    });
  });

/** What the process behind a socket answers; undefined where there is none any more. */
const askHolder = (path: string): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path);
    socket.setTimeout(ANSWER_MS, () => {
      socket.destroy();
      // Connected and silent: stopped or very busy, but there.
      resolve(answer);
    });
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('error', (error) => {
      if (codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT') resolve(undefined);
      else reject(error);
    });
  });

const inUse = (folder: string, holder: string): StoreError =>
  new StoreError(
    'store_in_use',
    `${folder} is in use by ${holder === '' ? 'another process' : `process ${holder}`}: give each process a desired.storeFolder of its own.`,
    { retriable: true },
  );

/**
 * Takes the folder for this process; makes it where it is missing. The lock is a socket in it, which the system closes
 * with its process, so that one left behind is told from one in use, across containers too.
 * @throws StoreError `store_in_use`, `store_folder`
 */
export const takeStoreLock = async (folder: string): Promise<StoreLock> => {
  let short: ReturnType<typeof shortName> | undefined;
  try {
    makeFolder(folder);
    short = shortName(folder);
    const path = join(short.name, FILE);
    if (path.length > MAX_SOCKET_PATH) throw new Error('its path is too long for a socket in it');
    const server = await listen(path).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
      const holder = await askHolder(path);
      if (holder !== undefined) throw inUse(folder, holder);
      await removeLeftBehind(folder, short?.name ?? folder);
      return listen(path);
    });
    const held = short;
    return {
      release: async () => {
        await new Promise<void>((resolve) => server.close(() => resolve()));
        rmSync(join(folder, FILE), { force: true });
        held.done();
      },
    };
  } catch (error) {
    short?.done();
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      'store_folder',
      `Cannot use ${folder} as desired.storeFolder: ${error instanceof Error ? error.message : String(error)}. Name a folder on a disk of this machine that this user may write to.`,
      { retriable: false, cause: error },
    );
  }
};

/** Moves the socket away before it is removed: where another process was quicker, it is its socket, and is put back. */
const removeLeftBehind = async (folder: string, short: string): Promise<void> => {
  const aside = `${FILE}.${process.pid}`;
  try {
    renameSync(join(folder, FILE), join(folder, aside));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const holder = await askHolder(join(short, aside));
  if (holder !== undefined) {
    renameSync(join(folder, aside), join(folder, FILE));
    throw inUse(folder, holder);
  }
  rmSync(join(folder, aside), { force: true });
};
