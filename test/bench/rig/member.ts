import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const DRIFTLINE = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const RIG = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A process under measurement. */
export interface Member {
  readonly pid: number;
  /** The first line that it has written; undefined where it ended before. */
  readonly firstLine: Promise<string | undefined>;
  /** Resolves with the exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** `SIGTERM` lets it finish, and write its profile. Default `SIGKILL`. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const memberOf = (child: ChildProcess): Member => {
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout! });
  const firstLine = new Promise<string | undefined>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
  return {
    pid: child.pid ?? 0,
    firstLine,
    ended,
    end: async (signal = 'SIGKILL') => {
      child.kill(signal);
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

/** A process of `main` (a file that asks `roleAsked`); `node` are options of Node. */
export const startRole = (
  role: string,
  run: object = {},
  main = RIG,
  node: readonly string[] = [],
): Member => start([...node, main, '--role', role, '--run', JSON.stringify(run)]);

/** `driftline run`; `node` are options of Node. */
export const startService = (settings: readonly string[], node: readonly string[] = []): Member =>
  start([...node, DRIFTLINE, 'run', ...settings]);

/** The role that this process was started for, with what it was given. */
export const roleAsked = (): { readonly role: string; readonly run: unknown } | undefined => {
  const [role, run] = ['--role', '--run'].map((name) => {
    const at = process.argv.indexOf(name);
    return at === -1 ? undefined : process.argv[at + 1];
  });
  return role === undefined
    ? undefined
    : { role, run: run === undefined ? {} : (JSON.parse(run) as unknown) };
};
