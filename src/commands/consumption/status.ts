import { Option, type Command } from 'commander';
import type { PartitionStatus } from '../../pipeline/ports.ts';
import { printLines } from '../output/print-lines.ts';
import { textTable } from '../output/text-table.ts';
import type { ConsumptionEnvironment } from './control-environment.ts';

const FORMATS = ['table', 'ndjson'] as const;

/**
 * `driftline consumption status`: where the group stands in each partition, and what is ordered there. Exit code 2 where
 * Kafka knows no such group.
 */
export const registerConsumptionStatus = (
  parent: Command,
  { stdout, setExitCode, withConsumption }: ConsumptionEnvironment,
): void => {
  parent
    .command('status')
    .description('where the group stands in each partition, and what is ordered there')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .action(async ({ format }: { readonly format: (typeof FORMATS)[number] }) => {
      const [partitions, members] = await withConsumption(async (consumption) => [
        await consumption.status(),
        await consumption.members(),
      ]);
      await printLines(
        format === 'table' ? tableOf(partitions, members) : partitions.map(jsonOf),
        stdout,
      );
      setExitCode(0);
    });
};

const lagOf = ({ low, high, committed }: PartitionStatus): bigint => {
  const from = committed === undefined || committed < low ? low : committed;
  return high > from ? high - from : 0n;
};

const tableOf = (partitions: readonly PartitionStatus[], members: number): readonly string[] =>
  textTable(
    ['PARTITION', 'FIRST', 'COMMITTED', 'END', 'LAG', 'STATE'],
    partitions.map((status) => [
      String(status.partition),
      String(status.low),
      status.committed === undefined ? '-' : String(status.committed),
      String(status.high),
      String(lagOf(status)),
      stateOf(status, members),
    ]),
  );

const stateOf = ({ control: { paused, skip } }: PartitionStatus, members: number): string => {
  const running = members === 0 ? 'no member' : 'consumed';
  const state = paused === undefined ? running : `paused since ${paused.since}`;
  const note = paused === undefined || paused.note === '' ? '' : ` (${paused.note})`;
  return `${state}${note}${skip.length === 0 ? '' : `, skips ${skip.join(' ')}`}`;
};

const jsonOf = (status: PartitionStatus): string =>
  JSON.stringify({
    partition: status.partition,
    first: String(status.low),
    committed: status.committed === undefined ? null : String(status.committed),
    end: String(status.high),
    lag: String(lagOf(status)),
    paused: status.control.paused ?? null,
    skip: status.control.skip,
  });
