import type { BenchDocument } from './documents.ts';
import { createIndex, MODES, type Mode } from './mappings.ts';
import { median } from '../rig/median.ts';
import { processorSeconds } from '../rig/process-usage.ts';
import type { NodeClient } from './node-client.ts';

interface ModeResult {
  /** Until all is searchable and merged. */
  readonly perSecond: number;
  /** Of the process of OpenSearch. */
  readonly cpuSecondsAMillion: number;
  /** On disk, in one segment, what is written ahead not counted. */
  readonly bytesADocument: number;
  readonly fields: number;
  readonly refused: number;
}

export type RoundResult = Readonly<Record<Mode, ModeResult>>;

export interface Round {
  readonly client: NodeClient;
  /** The process of OpenSearch. */
  readonly pid: number;
  readonly documents: readonly BenchDocument[];
  readonly slices: number;
  readonly settings: Parameters<typeof createIndex>[3];
  readonly round: number;
}

interface Progress {
  readonly index: string;
  seconds: number;
  cpuSeconds: number;
  refused: number;
}

const fieldsIn = (mapping: unknown): number => {
  const { properties = {}, fields = {} } = (mapping ?? {}) as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly fields?: Readonly<Record<string, unknown>>;
  };
  const inner = [...Object.values(properties), ...Object.values(fields)];
  return inner.reduce<number>((sum, each) => sum + 1 + fieldsIn(each), 0);
};

/** Ends a mode's index: what it takes on disk, and how many fields it has. */
const finish = async (
  client: NodeClient,
  { index, seconds, cpuSeconds, refused }: Progress,
  documents: number,
): Promise<ModeResult> => {
  await client.call('POST', `/${index}/_forcemerge?max_num_segments=1&flush=true`);
  await client.call('POST', `/${index}/_refresh`);
  const { _all } = (await client.call('GET', `/${index}/_stats/store`)) as unknown as {
    readonly _all: { readonly total: { readonly store: { readonly size_in_bytes: number } } };
  };
  const { [index]: found } = await client.call('GET', `/${index}/_mapping`);
  const { mappings } = found as { readonly mappings: unknown };
  await client.call('DELETE', `/${index}`);
  const written = documents - refused;
  return {
    perSecond: written / seconds,
    cpuSecondsAMillion: (cpuSeconds / written) * 1e6,
    bytesADocument: _all.total.store.size_in_bytes / written,
    fields: fieldsIn(mappings),
    refused,
  };
};

/** Every mode takes each slice of the documents in turn, another mode first each time. */
export const measureRound = async (options: Round): Promise<RoundResult> => {
  const { client, pid, documents, slices, settings, round } = options;
  const progress = {} as Record<Mode, Progress>;
  for (const mode of MODES) {
    const index = await createIndex(client, mode, `${process.pid}-${round + 1}`, settings);
    progress[mode] = { index, seconds: 0, cpuSeconds: 0, refused: 0 };
  }
  const size = Math.ceil(documents.length / slices);
  for (let slice = 0; slice < slices; slice++) {
    const part = documents.slice(slice * size, (slice + 1) * size);
    for (let turn = 0; turn < MODES.length; turn++) {
      const mode = progress[MODES[(slice + turn + round + 1) % MODES.length]!];
      const cpu = processorSeconds(pid);
      const started = performance.now();
      mode.refused += await client.write(mode.index, part);
      await client.settle(mode.index);
      mode.seconds += (performance.now() - started) / 1000;
      mode.cpuSeconds += processorSeconds(pid) - cpu;
    }
  }
  const results = {} as Record<Mode, ModeResult>;
  for (const mode of MODES) results[mode] = await finish(client, progress[mode], documents.length);
  return results;
};

/** Medians over the rounds, of the figures and of the ratios within a round. */
export const summary = (
  rounds: readonly RoundResult[],
): {
  readonly modes: RoundResult;
  readonly rateOfMinimal: number;
  readonly rateOfDynamic: number;
  readonly cpuOfMinimal: number;
  readonly cpuOfDynamic: number;
} => {
  const middle = (of: (round: RoundResult) => number): number => median(rounds.map(of));
  const modes = Object.fromEntries(
    MODES.map((mode) => [
      mode,
      {
        perSecond: middle((round) => round[mode].perSecond),
        cpuSecondsAMillion: middle((round) => round[mode].cpuSecondsAMillion),
        bytesADocument: middle((round) => round[mode].bytesADocument),
        fields: middle((round) => round[mode].fields),
        refused: middle((round) => round[mode].refused),
      },
    ]),
  ) as unknown as RoundResult;
  return {
    modes,
    rateOfMinimal: middle(({ driftline, minimal }) => driftline.perSecond / minimal.perSecond),
    rateOfDynamic: middle(({ driftline, dynamic }) => driftline.perSecond / dynamic.perSecond),
    cpuOfMinimal: middle(
      ({ driftline, minimal }) => driftline.cpuSecondsAMillion / minimal.cpuSecondsAMillion,
    ),
    cpuOfDynamic: middle(
      ({ driftline, dynamic }) => driftline.cpuSecondsAMillion / dynamic.cpuSecondsAMillion,
    ),
  };
};
