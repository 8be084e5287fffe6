import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  processStart,
  readLiveProcess,
  writeProcessRecord,
} from '../../deploy/local/process-file.ts';

/** Says that this process uses the stack of the data folder, so that another test run does not end it. */
export function takeLease(dataDir: string): void {
  mkdirSync(folderOf(dataDir), { recursive: true });
  const start = processStart(process.pid);
  if (start === undefined)
    throw new Error(`Process ${process.pid} cannot find its own start time.`);
  writeProcessRecord(leaseFile(dataDir, process.pid), { pid: process.pid, start, ports: [] });
}

export function releaseLease(dataDir: string): void {
  rmSync(leaseFile(dataDir, process.pid), { force: true });
}

/** Whether a process that still runs holds a lease; the files of ended ones are removed. */
export function isLeased(dataDir: string): boolean {
  const folder = folderOf(dataDir);
  if (!existsSync(folder)) return false;
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files
    .map((name) => readLiveProcess(join(folder, name)))
    .some((record) => record !== undefined);
}

function folderOf(dataDir: string): string {
  return join(dataDir, 'leases');
}

function leaseFile(dataDir: string, pid: number): string {
  return join(folderOf(dataDir), `${pid}.json`);
}
