import { execFile } from 'node:child_process';

export type ProgramResult = {
  /** Null where the program could not be started or was ended by a signal or the time limit. */
  readonly exitCode: number | null;
  readonly output: string;
};

export type ProgramLimits = {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
};

/** Runs a program to its end; its failure is a value. `output` is stdout and stderr, at most 8 MiB. */
export function runProgram(
  program: string,
  args: readonly string[],
  limits: ProgramLimits,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = {
      timeout: limits.timeoutMs,
      maxBuffer: 8 * 1024 * 1024,
      ...(limits.cwd !== undefined && { cwd: limits.cwd }),
      ...(limits.env !== undefined && { env: limits.env }),
      ...(limits.signal !== undefined && { signal: limits.signal }),
    };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) return resolve({ exitCode: 0, output });
      const exitCode = typeof error.code === 'number' ? error.code : null;
      resolve({
        exitCode,
        output: output === '' || exitCode === null ? `${output}${error.message}` : output,
      });
    });
  });
}

/** The last lines of a text, for an error message. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
