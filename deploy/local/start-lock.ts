import { linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processStart, readLiveProcess, writeProcessRecord } from './process-file.ts';
import { StackError } from './stack-error.ts';

const POLL_MS = 200;

/** Runs the task while no other process starts or stops services in this data folder. Throws StackError `busy`. */
export async function withLock<T>(
  dataDir: string,
  timeoutMs: number,
  task: () => Promise<T>,
): Promise<T> {
  const lock = join(dataDir, 'lock');
  mkdirSync(dataDir, { recursive: true });
  const deadline = performance.now() + timeoutMs;
  while (!take(lock)) {
    const holder = readLiveProcess(lock);
    if (holder !== undefined && performance.now() > deadline) {
      throw new StackError(
        'busy',
        `Process ${holder.pid} has been starting or stopping services in ${dataDir} for too long.`,
      );
    }
    await delay(POLL_MS);
  }
  try {
    return await task();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** A link, since it appears with its content or not at all. */
function take(lock: string): boolean {
  const draft = `${lock}.draft.${process.pid}.${performance.now()}`;
  writeProcessRecord(draft, {
    pid: process.pid,
    start: processStart(process.pid) ?? '',
    ports: [],
  });
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
