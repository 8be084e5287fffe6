import type { Writable } from 'node:stream';

/** Where a command prints, and how it tells what became of it. */
export interface Terminal {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly setExitCode: (code: number) => void;
}
