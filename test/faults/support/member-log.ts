import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DriftlineProcess } from '../../support/driftline-process.ts';

/** Writes a process's log lines to a file as they come, and at last how it ended. */
export const keepLog = (member: DriftlineProcess, folder: string, number: number): void => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `member-${String(number).padStart(3, '0')}-pid-${member.pid}.jsonl`);
  const write = (line: unknown): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
  write({ time: new Date().toISOString(), started: member.pid });
  member.follow(write);
  void member.exited.then((code) =>
    write({ time: new Date().toISOString(), exit: code, stderr: member.stderr() }),
  );
};
