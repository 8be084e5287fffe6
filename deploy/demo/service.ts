import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess, launch, waitUntilReady } from '../local/background-process.ts';
import { readLiveProcess, type ProcessRecord } from '../local/process-file.ts';
import { lastLines } from '../local/run-program.ts';
import { DemoError } from './demo-error.ts';
import type { DemoOptions } from './options.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(PROJECT, 'src/main.ts');
const COMMAND_LIMIT_MS = 60_000;
const READY_LIMIT_MS = 60_000;
const PROBE_LIMIT_MS = 1_500;
const STOP_LIMIT_MS = 30_000;

/** Runs `driftline <args>` to its end and gives the lines of its stdout. Throws DemoError `command-failed`. */
export const driftline = (
  args: readonly string[],
  config: string,
  signal: AbortSignal,
): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const limits = { timeout: COMMAND_LIMIT_MS, signal, cwd: PROJECT };
    const all = [MAIN, ...args, '--config', config];
    execFile(process.execPath, all, limits, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout.trimEnd().split('\n'));
      const said = lastLines(`${stdout}${stderr}` || error.message, 20);
      const command = `driftline ${args.slice(0, 2).join(' ')}`;
      reject(new DemoError('command-failed', `${command} failed:\n${said}`, error));
    });
  });

const folderOf = ({ stack }: DemoOptions): string => join(stack.dataDir, 'driftline');
const recordFile = (options: DemoOptions): string => join(folderOf(options), 'process.json');
export const serviceLog = (options: DemoOptions): string =>
  join(folderOf(options), 'driftline.log');
export const serviceUrl = ({ httpPort }: DemoOptions): string =>
  `http://127.0.0.1:${String(httpPort)}`;

const probe = async (options: DemoOptions): Promise<string | undefined> => {
  try {
    const answer = await fetch(`${serviceUrl(options)}/readyz`, {
      signal: AbortSignal.timeout(PROBE_LIMIT_MS),
    });
    return answer.ok ? undefined : `it answers ${String(answer.status)} ${await answer.text()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** The service's process, where one of the demo's runs. */
export const runningService = (options: DemoOptions): ProcessRecord | undefined =>
  readLiveProcess(recordFile(options));

/** Starts `driftline run` in the background and waits until it is ready. Throws StackError. */
export const startService = async (
  options: DemoOptions,
  config: string,
  signal: AbortSignal,
): Promise<ProcessRecord> => {
  const folder = folderOf(options);
  mkdirSync(folder, { recursive: true });
  const log = serviceLog(options);
  const record = await launch(
    { program: process.execPath, args: [MAIN, 'run', '--config', config] },
    { folder, log, record: recordFile(options) },
    [options.httpPort],
  );
  await waitUntilReady(record, {
    what: 'The service',
    log,
    timeoutMs: READY_LIMIT_MS,
    signal,
    probe: () => probe(options),
  });
  return record;
};

/** Ends the service; nothing happens where none runs. Throws StackError `stop-failed`. */
export const stopService = async (options: DemoOptions): Promise<void> => {
  const record = runningService(options);
  if (record !== undefined) await endProcess(record, recordFile(options), STOP_LIMIT_MS);
};

export const wipeService = (options: DemoOptions): void =>
  rmSync(folderOf(options), { recursive: true, force: true });

/** The sum of a counter of the service over all its labels. */
export const metric = async (options: DemoOptions, name: string): Promise<number> => {
  const answer = await fetch(`${serviceUrl(options)}/metrics`, {
    signal: AbortSignal.timeout(PROBE_LIMIT_MS),
  });
  if (!answer.ok) {
    throw new DemoError('service-failed', `/metrics answers ${String(answer.status)}.`);
  }
  const values = (await answer.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return values.reduce((sum, value) => sum + value, 0);
};
