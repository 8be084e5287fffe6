import { readFileSync } from 'node:fs';

const everyMs = 500;

/** The most memory that a process has had resident so far, in MiB; 0 where it runs no more. */
const residentPeakMb = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
};

export interface MemoryGauge {
  add(pid: number): void;
  /** MiB, of the largest process. */
  peakMb(): number;
  stop(): void;
}

/** Watches the memory of processes. */
export const startMemoryGauge = (): MemoryGauge => {
  const pids = new Set<number>();
  let peak = 0;
  const look = (): void => {
    for (const pid of pids) peak = Math.max(peak, residentPeakMb(pid));
  };
  const timer = setInterval(look, everyMs);
  return {
    add: (pid) => void pids.add(pid),
    peakMb: () => {
      look();
      return peak;
    },
    stop: () => clearInterval(timer),
  };
};
