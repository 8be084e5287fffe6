import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDockerRecord } from '../local/docker-stack.ts';
import { processStart, readLiveProcess, writeProcessRecord } from '../local/process-file.ts';
import { stackStatus, stopStack } from '../local/stack.ts';
import { DemoError } from './demo-error.ts';
import type { DemoOptions } from './options.ts';
import { runningService, stopService, wipeService } from './service.ts';

const markFile = ({ stack }: DemoOptions): string => join(stack.dataDir, 'kept');
const holderFile = ({ stack }: DemoOptions): string => join(stack.dataDir, 'demo.json');

/** Notes that what runs is meant to stay. */
export const markKept = (options: DemoOptions): void => writeFileSync(markFile(options), '');

/**
 * Makes sure that this is the only demo in its data folder, and ends what a demo that was killed has left behind.
 * @throws DemoError `kept` or `running`
 */
export const takeOver = async (options: DemoOptions): Promise<void> => {
  const other = readLiveProcess(holderFile(options));
  if (other !== undefined && other.pid !== process.pid) {
    throw new DemoError(
      'running',
      `A demo is running already (pid ${String(other.pid)}). Wait for its end, or use another --data-dir and other ports.`,
    );
  }
  const services = await stackStatus(options.stack);
  const runs =
    runningService(options) !== undefined || services.some(({ state }) => state !== 'down');
  if (runs && existsSync(markFile(options))) {
    throw new DemoError(
      'kept',
      'An earlier demo was left running with --keep. End it first: npm run demo -- --stop',
    );
  }
  writeProcessRecord(holderFile(options), {
    pid: process.pid,
    start: processStart(process.pid) ?? '',
    ports: [],
  });
  if (runs) await endAll(options, false);
  wipeService(options);
};

export const letGo = (options: DemoOptions): void => rmSync(holderFile(options), { force: true });

/** Ends the service and the stack; with `wipe` their data and logs go, too. Containers never keep theirs. */
export const endAll = async (options: DemoOptions, wipe: boolean): Promise<void> => {
  try {
    await stopService(options);
  } finally {
    await stopStack(options.stack, { wipe: wipe || readDockerRecord(options.stack) !== undefined });
  }
  if (wipe) wipeService(options);
  rmSync(markFile(options), { force: true });
};
