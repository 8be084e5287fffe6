/** Work that is measured: `run` does `events` of it. */
export interface CpuTask {
  readonly name: string;
  /** In slices, which the tasks take in turns. */
  readonly slices: readonly (() => void | Promise<void>)[];
  readonly events: number;
}

/** Microseconds of processor time for an event, a value for each round. */
export type CpuRounds = ReadonlyMap<string, readonly number[]>;

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/**
 * Processor time of the whole process, garbage collection and compilation included. The tasks take turns slice by
 * slice, another one first each time, so that a busy machine slows all of them alike. Round -1 warms up.
 */
export const measureCpu = async (
  tasks: readonly CpuTask[],
  rounds: number,
  onRound: (round: number) => void = () => undefined,
): Promise<CpuRounds> => {
  const results = new Map<string, number[]>(tasks.map(({ name }) => [name, []]));
  const slices = Math.max(...tasks.map((task) => task.slices.length));
  for (let round = -1; round < rounds; round += 1) {
    const used = new Map<string, number>();
    for (let slice = 0; slice < slices; slice += 1) {
      for (let turn = 0; turn < tasks.length; turn += 1) {
        const task = tasks[(turn + slice) % tasks.length]!;
        const run = task.slices[slice];
        if (run === undefined) continue;
        const before = cpuMicros();
        await run();
        used.set(task.name, (used.get(task.name) ?? 0) + cpuMicros() - before);
      }
    }
    if (round >= 0) {
      for (const { name, events } of tasks) results.get(name)!.push((used.get(name) ?? 0) / events);
    }
    onRound(round);
  }
  return results;
};
