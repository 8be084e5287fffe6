import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How far the last process came with the store:
 * - `opening`: it looks whether what is there can be used. Damage may end the process here: who finds this builds anew.
 * - `open`: it works with it. Found by the next start, the end was none: of the process, or of the machine.
 * - `closed`: all is on the disk.
 */
export type SessionPhase = 'opening' | 'open' | 'closed';

export interface Session {
  readonly phase: SessionPhase;
  /** Differs after each start of the machine; undefined where the system tells none. */
  readonly boot: string | undefined;
}

const FILE = 'session.json';
const PHASES: ReadonlySet<unknown> = new Set<SessionPhase>(['opening', 'open', 'closed']);

/** The id of this start of the machine, on Linux. */
export const bootId = (): string | undefined => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
};

/** Undefined where there is none, or none that can be read. */
export const readSession = (folder: string): Session | undefined => {
  try {
    const { phase, boot } = JSON.parse(
      readFileSync(join(folder, FILE), 'utf8'),
    ) as Partial<Session>;
    return phase !== undefined && PHASES.has(phase) ? { phase, boot } : undefined;
  } catch {
    return undefined;
  }
};

/** Is on the disk when this returns. */
export const writeSession = (folder: string, session: Session): void => {
  const draft = join(folder, `${FILE}.draft`);
  const file = openSync(draft, 'w');
  try {
    writeSync(file, JSON.stringify(session));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, join(folder, FILE));
};

/** Flushes a file that was written without. */
export const flushFile = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Why the files cannot be trusted, before a look at them; undefined where they can. */
export const whyDistrust = (
  session: Session | undefined,
  boot: string | undefined,
): string | undefined => {
  if (session === undefined) return 'nothing tells how its last use ended';
  if (session.phase === 'opening') return 'the last start ended while it looked at it';
  if (session.phase === 'open' && (boot === undefined || session.boot !== boot)) {
    return 'the machine went down while it was in use';
  }
  return undefined;
};
