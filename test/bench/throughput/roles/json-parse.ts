import { workRecords } from '../work/work.ts';
import type { RoleRun } from './role-run.ts';

const EVENTS = 60_000;
const PASSES = 5;

/**
 * `JSON.parse` of the same bytes, in a process that does nothing else: `node --single-threaded` keeps the collection of
 * garbage on its one thread. The first pass warms up.
 */
export const parseWork = (run: RoleRun): object => {
  const values = Array.from(
    workRecords(run.format, { ...run, events: Math.min(run.events, EVENTS) }),
    ({ value }) => value,
  );
  let started = performance.now();
  let cpu = process.cpuUsage();
  for (let pass = 0; pass <= PASSES; pass += 1) {
    for (const value of values) JSON.parse(value.toString());
    if (pass > 0) continue;
    started = performance.now();
    cpu = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(cpu);
  const parsed = values.length * PASSES;
  return {
    eventsASecond: parsed / ((performance.now() - started) / 1000),
    cpuSecondsAMillion: (user + system) / parsed,
  };
};
