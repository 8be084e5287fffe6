/** Work that is measured: `run` does `events` of it. */
export interface CpuTask {
  readonly name: string;
  /** In slices, which the tasks take in turns. */
  readonly slices: readonly (() => void | Promise<void>)[];
  readonly events: number;
}

/** Microseconds of processor time by task: of each slice in each round. */
export type CpuRounds = ReadonlyMap<string, readonly (readonly number[])[]>;

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/**
 * Processor time of the whole process, garbage collection and compilation included. The tasks take turns slice by
 * slice, another one first each time, so that a busy machine slows all of them alike. Rounds below 0 warm up.
 */
export const measureCpu = async (
  tasks: readonly CpuTask[],
  rounds: number,
  onRound: (round: number) => void = () => undefined,
  warmUp = 1,
): Promise<CpuRounds> => {
  const results = new Map<string, number[][]>(tasks.map(({ name }) => [name, []]));
  const slices = Math.max(...tasks.map((task) => task.slices.length));
  for (let round = -warmUp; round < rounds; round += 1) {
    const used = new Map<string, number[]>(tasks.map(({ name }) => [name, []]));
    for (let slice = 0; slice < slices; slice += 1) {
      for (let turn = 0; turn < tasks.length; turn += 1) {
        const task = tasks[(turn + slice) % tasks.length]!;
        const run = task.slices[slice];
        if (run === undefined) continue;
        const before = cpuMicros();
        await run();
        used.get(task.name)!.push(cpuMicros() - before);
      }
    }
    if (round >= 0) for (const [name, micros] of used) results.get(name)!.push(micros);
    onRound(round);
  }
  return results;
};
