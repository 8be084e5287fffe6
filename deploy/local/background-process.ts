import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isSameProcess, processStart, writeProcessRecord } from './process-file.ts';
import type { ProcessRecord } from './process-file.ts';
import type { Launch } from './service.ts';
import { StackError } from './stack-error.ts';
import { lastLines } from './run-program.ts';

const POLL_MS = 100;
const KILL_WAIT_MS = 5000;
const LOG_LINES = 20;

export type BackgroundFiles = {
  readonly folder: string;
  readonly log: string;
  readonly record: string;
};

/** Starts a program that outlives this process; its output goes to the log file, the log before it is kept once. */
export async function launch(
  what: Launch,
  files: BackgroundFiles,
  ports: readonly number[],
): Promise<ProcessRecord> {
  if (existsSync(files.log)) renameSync(files.log, `${files.log}.previous`);
  const log = openSync(files.log, 'a');
  const child = spawn(what.program, [...what.args], {
    cwd: files.folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new StackError('start-failed', `${what.program} could not be started.`, error);
  }
  child.unref();
  const pid = child.pid ?? 0;
  const start = processStart(pid);
  if (start === undefined) {
    throw new StackError('start-failed', `${what.program} ended at once. ${logTail(files.log)}`);
  }
  const record = { pid, start, ports };
  writeProcessRecord(files.record, record);
  return record;
}

export type ReadyWait = {
  readonly what: string;
  readonly log: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly probe: () => Promise<string | undefined>;
};

/** Waits for the first good answer. Throws StackError `start-failed` (it ended), `start-timeout` or `aborted`. */
export async function waitUntilReady(record: ProcessRecord, wait: ReadyWait): Promise<void> {
  const deadline = performance.now() + wait.timeoutMs;
  for (;;) {
    if (wait.signal.aborted)
      throw new StackError('aborted', `The start of ${wait.what} was aborted.`);
    if (!isSameProcess(record)) {
      throw new StackError(
        'start-failed',
        `${wait.what} ended during its start. ${logTail(wait.log)}`,
      );
    }
    const lacks = await wait.probe();
    if (lacks === undefined) return;
    if (performance.now() > deadline) {
      throw new StackError(
        'start-timeout',
        `${wait.what} (pid ${record.pid}) was not ready after ${Math.round(wait.timeoutMs / 1000)} s: ${lacks}. ${logTail(wait.log)}`,
      );
    }
    await delay(POLL_MS);
  }
}

/** SIGTERM, a bounded wait, SIGKILL. Throws StackError `stop-failed` where even that does not end it. */
export async function endProcess(
  record: ProcessRecord,
  recordFile: string,
  timeoutMs: number,
): Promise<'ended' | 'killed'> {
  let how: 'ended' | 'killed' = 'ended';
  send(record, 'SIGTERM');
  if (!(await waitUntilGone(record, timeoutMs))) {
    how = 'killed';
    send(record, 'SIGKILL');
    if (!(await waitUntilGone(record, KILL_WAIT_MS))) {
      throw new StackError(
        'stop-failed',
        `Process ${record.pid} does not end, not even by SIGKILL.`,
      );
    }
  }
  rmSync(recordFile, { force: true });
  return how;
}

function send(record: ProcessRecord, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (!isSameProcess(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    if (isSameProcess(record)) {
      throw new StackError(
        'stop-failed',
        `Process ${record.pid} cannot be sent ${signal}: it belongs to another user?`,
        error,
      );
    }
  }
}

async function waitUntilGone(record: ProcessRecord, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isSameProcess(record)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function logTail(log: string): string {
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  return text === ''
    ? `Its log ${log} is empty.`
    : `The last lines of its log ${log}:\n${lastLines(text, LOG_LINES)}`;
}
