import { readFileSync } from 'node:fs';

/** What Linux counts a process's time in, a second. */
const TICKS = 100;

/** Seconds of processor time that a process has used, all threads. Linux only. */
export const processorSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
};

/** `RssFile` and `RssShmem` are pages of files that are mapped: the system takes them back when it needs them. */
type MemoryField = 'VmRSS' | 'VmHWM' | 'RssAnon' | 'RssFile' | 'RssShmem';

/** Memory of a process in MB, a value for each field. Linux only. */
export const memoryMb = <Field extends MemoryField>(
  fields: readonly Field[],
  pid: number | 'self' = 'self',
): Readonly<Record<Field, number>> => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const valueOf = (field: Field): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  return Object.fromEntries(fields.map((field) => [field, valueOf(field)])) as Record<
    Field,
    number
  >;
};
