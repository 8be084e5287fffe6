import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('./main.ts', import.meta.url));
const DRIFTLINE = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** A process under measurement. */
export interface Member {
  /** Processor time so far, in seconds. Linux only. */
  cpuSeconds(): number;
  /** The first line that it has written. */
  readonly firstLine: Promise<string>;
  end(): Promise<void>;
}

const TICKS_A_SECOND = 100;

const memberOf = (child: ChildProcess): Member => {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout! });
  const firstLine = new Promise<string>((resolve) => lines.once('line', resolve));
  return {
    firstLine,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    },
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

const start = (args: readonly string[]): Member => {
  // NODE_ENV=test makes kafkajs retry in another way.
  const { NODE_ENV: _testOnly, ...env } = process.env;
  return memberOf(
    spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
};

export const startRole = (role: string, run: object = {}): Member =>
  start([HERE, '--role', role, '--run', JSON.stringify(run)]);

export const startService = (settings: readonly string[]): Member =>
  start([DRIFTLINE, 'run', ...settings]);
