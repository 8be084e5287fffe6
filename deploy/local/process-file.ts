import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

/** A process that this tool started, told apart from a later one with the same pid by its start. */
export type ProcessRecord = {
  readonly pid: number;
  /** Opaque; equal for the same process only. */
  readonly start: string;
  /** The ports it was started with. */
  readonly ports: readonly number[];
};

export function writeProcessRecord(file: string, record: ProcessRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(record)}\n`);
  renameSync(draft, file);
}

/** The record of a process that still runs. A stale or unreadable file is removed and counts as none. */
export function readLiveProcess(file: string): ProcessRecord | undefined {
  if (!existsSync(file)) return undefined;
  const record = parseProcessRecord(readFileSync(file, 'utf8'));
  if (record !== undefined && isSameProcess(record)) return record;
  rmSync(file, { force: true });
  return undefined;
}

export function parseProcessRecord(text: string): ProcessRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, start, ports } = value as Partial<Record<keyof ProcessRecord, unknown>>;
  if (
    typeof pid !== 'number' ||
    !Number.isSafeInteger(pid) ||
    pid <= 1 ||
    typeof start !== 'string'
  )
    return undefined;
  if (!Array.isArray(ports) || !ports.every((port) => typeof port === 'number')) return undefined;
  return { pid, start, ports };
}

export function isSameProcess(record: Pick<ProcessRecord, 'pid' | 'start'>): boolean {
  return processStart(record.pid) === record.start;
}

/** What tells this process from any other that has had or will have its pid; undefined where none runs (a zombie does not). */
export function processStart(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) {
    const stat = readIfThere(`/proc/${pid}/stat`);
    const start = stat === undefined ? undefined : startTicks(stat);
    return start === undefined
      ? undefined
      : `${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${start}`;
  }
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)): clock ticks from boot to the start; undefined for a zombie. */
export function startTicks(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
