import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Writable } from 'node:stream';
import type { GroupLag, PartitionLag } from '../pipeline/ports/partition-lag.ts';
import { printLines } from './output/print-lines.ts';
import { textTable } from './output/text-table.ts';

export interface LagEnvironment {
  readonly stdout: Writable;
  readonly setExitCode: (code: number) => void;
  readonly lag: () => Promise<GroupLag>;
}

const FORMATS = ['table', 'json'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly maxRecords?: number;
  readonly maxSeconds?: number;
}

const limitOf = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
};

/** `driftline lag`: exit code 0, 1 where a limit that was given is passed, 2 on an error: no such group. */
export const registerLag = (program: Command, environment: LagEnvironment): void => {
  program
    .command('lag')
    .description(
      'how far the group is behind, in records and in seconds, by partition; exit code 1 where a limit is passed, 2 where Kafka knows no such group',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .option('--max-records <number>', 'end with 1 where all partitions together have more', limitOf)
    .option('--max-seconds <number>', 'end with 1 where one partition is further behind', limitOf)
    .action(async ({ format, maxRecords, maxSeconds }: Options) => {
      const lag = await environment.lag();
      const total = totalOf(lag.partitions);
      await printLines(
        format === 'json' ? [jsonOf(lag, total)] : tableOf(lag, total),
        environment.stdout,
      );
      const over =
        (maxRecords !== undefined && total.records > BigInt(maxRecords)) ||
        (maxSeconds !== undefined && (total.seconds ?? 0) > maxSeconds);
      environment.setExitCode(over ? 1 : 0);
    });
};

interface Total {
  readonly records: bigint;
  /** Of the partition that is furthest behind; undefined where no age could be had. */
  readonly seconds: number | undefined;
}

const totalOf = (partitions: readonly PartitionLag[]): Total => {
  const known = partitions.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]));
  return {
    records: partitions.reduce((sum, { records }) => sum + records, 0n),
    seconds: known.length === 0 ? undefined : Math.max(...known),
  };
};

const secondsText = (seconds: number | undefined): string =>
  seconds === undefined ? '-' : seconds.toFixed(1);

const tableOf = ({ members, partitions }: GroupLag, total: Total): readonly string[] => [
  ...textTable(
    ['PARTITION', 'COMMITTED', 'END', 'RECORDS', 'SECONDS', 'STATE'],
    partitions.map(({ partition, committed, end, records, seconds, paused }) => [
      String(partition),
      committed === undefined ? '-' : String(committed),
      String(end),
      String(records),
      secondsText(seconds),
      paused ? 'paused' : members === 0 ? 'no member' : 'consumed',
    ]),
  ),
  '',
  `${total.records} records, ${secondsText(total.seconds)} s behind`,
];

/** Offsets and counts of records pass 2^53: they are text. */
const jsonOf = ({ members, partitions }: GroupLag, total: Total): string =>
  JSON.stringify(
    {
      records: String(total.records),
      seconds: total.seconds ?? null,
      members,
      partitions: partitions.map(({ partition, committed, end, records, seconds, paused }) => ({
        partition,
        committed: committed === undefined ? null : String(committed),
        end: String(end),
        records: String(records),
        seconds: seconds ?? null,
        paused,
      })),
    },
    undefined,
    2,
  );
