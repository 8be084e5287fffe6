import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface LogLine {
  readonly event?: string;
  readonly [field: string]: unknown;
}

export interface DriftlineProcess {
  readonly pid: number;
  /** JSON lines of stdout so far. */
  readonly lines: readonly LogLine[];
  stderr(): string;
  /** Calls `listener` with each line of stdout from now on. */
  follow(listener: (line: LogLine) => void): void;
  /** Resolves with the first line of this event, which may have come before. Rejects after the limit, or at the end. */
  event(name: string, limitMs?: number): Promise<LogLine>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
}

export interface ProcessOptions {
  /** The program of another checkout. */
  readonly main?: string | undefined;
  /** Environment variables besides those of the tests. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts `driftline` with arguments, as a process of its own. */
export const startDriftline = (
  args: readonly string[],
  { main = MAIN, variables = {} }: ProcessOptions = {},
): DriftlineProcess => {
  // NODE_ENV=test, which vitest sets, makes kafkajs retry in another way.
  const { NODE_ENV: _testOnly, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  let ended = false;
  const wake = (): void => waiting.forEach((each) => each());
  const followers: ((line: LogLine) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = text.startsWith('{"') ? (JSON.parse(text) as LogLine) : { text };
    lines.push(line);
    for (const each of followers) each(line);
    wake();
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      ended = true;
      resolve(code);
      wake();
    });
  });
  return {
    pid: child.pid ?? 0,
    lines,
    stderr: () => stderr,
    follow: (listener) => void followers.push(listener),
    exited,
    kill: (signal) => void child.kill(signal),
    event: (name, limitMs = 60_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find(({ event }) => event === name);
          if (found === undefined && !ended) return;
          clearTimeout(timer);
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`driftline ended before ${name}: ${stderr}`));
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          const last = lines.slice(-10).map((line) => JSON.stringify(line));
          reject(new Error(`no ${name} in ${limitMs} ms: ${stderr}\n${last.join('\n')}`));
        }, limitMs);
        waiting.add(look);
        look();
      }),
  };
};

/** Runs a command to its end. */
export const runDriftlineCommand = async (
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> => {
  const driftline = startDriftline(args);
  const code = await driftline.exited;
  const stdout = driftline.lines
    .map((line) => (typeof line['text'] === 'string' ? line['text'] : JSON.stringify(line)))
    .join('\n');
  return { code, stdout, stderr: driftline.stderr() };
};
