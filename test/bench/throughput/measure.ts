import { cpus, loadavg } from 'node:os';
import { createRig, type Rig } from './rig.ts';
import type { BenchResults, Contender, Pass } from './results.ts';
import type { ThroughputRun } from './throughput-run.ts';
import type { Format } from './work/work.ts';

/** What is asked of raw CloudTrail is its processor time alone. */
const OF_FORMAT: Readonly<Partial<Record<Format, readonly Contender[]>>> = {
  cloudtrail: ['parse', 'driftline'],
};

const isAsked = (format: Format, contender: Contender): boolean =>
  OF_FORMAT[format]?.includes(contender) ?? true;

const line = (pass: Omit<Pass, 'round'>): string =>
  [
    `${pass.format} ${pass.contender}: ${Math.round(pass.eventsASecond)} events/s`,
    `${pass.cpuSecondsAMillion.toFixed(1)} CPU-s a million`,
    ...(pass.opensearchCpuSecondsAMillion === undefined
      ? []
      : [`OpenSearch ${pass.opensearchCpuSecondsAMillion.toFixed(1)}`]),
    ...(pass.peakAnonMb === undefined ? [] : [`${Math.round(pass.peakAnonMb)} MB anonymous`]),
  ].join(', ');

const rounds = async (rig: Rig, run: ThroughputRun): Promise<readonly Pass[]> => {
  const passes: Pass[] = [];
  const turns = run.formats.flatMap((format) =>
    run.contenders
      .filter((contender) => isAsked(format, contender))
      .map((contender) => ({ format, contender })),
  );
  for (let round = 0; round < run.rounds; round += 1) {
    // Another one first each time, so that nobody always has the coldest or the fullest machine.
    const first = Math.floor((round * turns.length) / run.rounds);
    for (const { format, contender } of [...turns.slice(first), ...turns.slice(0, first)]) {
      const pass = await rig.pass(format, contender);
      run.report(`round ${round + 1}: ${line(pass)}`);
      passes.push({ round, ...pass });
    }
  }
  return passes;
};

/** Makes the work, and has every contender read it, again each round. */
export const measureThroughput = async (run: ThroughputRun): Promise<BenchResults> => {
  const before = loadavg()[0] ?? Number.NaN;
  const rig = await createRig(run);
  try {
    const passes = await rounds(rig, run);
    return {
      time: new Date().toISOString(),
      commit: run.commit,
      machine: {
        cores: cpus().length,
        model: cpus()[0]?.model ?? '',
        node: process.version,
      },
      load: { before, after: loadavg()[0] ?? Number.NaN },
      events: run.events,
      resources: run.resources,
      rounds: run.rounds,
      partitions: rig.partitions,
      averageBytes: rig.averageBytes,
      averageBodyBytes: rig.averageBodyBytes,
      passes,
    };
  } finally {
    await rig.end();
  }
};
