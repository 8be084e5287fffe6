import type { Writable } from 'node:stream';
import { Option, type Command } from 'commander';
import type { CoverageCounts, ProviderCoverage } from '../core/table-coverage.ts';
import { printLines } from './output/print-lines.ts';
import { textTable } from './output/text-table.ts';

const FORMATS = ['table', 'json'] as const;

export interface CoverageEnvironment {
  readonly stdout: Writable;
  /** Of the running tables, in the order of the providers. */
  readonly coverage: () => readonly ProviderCoverage[];
}

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly services?: true;
}

/** `driftline coverage`: what the running tables know of the operations that the providers have. */
export const registerCoverage = (
  program: Command,
  { stdout, coverage }: CoverageEnvironment,
): void => {
  program
    .command('coverage')
    .description(
      'tell which operations the running tables know, out of all mutating operations in the public models',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .option('--services', 'a line for each service too (JSON always has them)')
    .action(async ({ format, services }: Options) => {
      const found = coverage();
      const lines =
        format === 'json'
          ? [JSON.stringify({ providers: found.map(jsonOf) }, undefined, 2)]
          : tableOf(found, services === true);
      await printLines(lines, stdout);
    });
};

const jsonOf = (one: ProviderCoverage): object => ({
  provider: one.provider,
  every_resource: one.everyResource,
  operations: one.operations,
  identity: one.identity,
  attributes: one.attributes,
  rows: one.rows,
  rows_beyond_models: one.rowsBeyondModels,
  services: one.services,
});

/** Where every record states its resource, identity is not counted by rows. */
const EVERY = 'every';
const NONE = '-';

const share = (part: number, whole: number): string =>
  whole === 0 ? NONE : `${part} (${((100 * part) / whole).toFixed(1)} %)`;

const countCells = (
  { operations, identity, attributes }: CoverageCounts,
  every: boolean,
): readonly string[] => [
  operations === 0 ? NONE : String(operations),
  every ? EVERY : share(identity, operations),
  share(attributes, operations),
];

const tableOf = (found: readonly ProviderCoverage[], withServices: boolean): readonly string[] => [
  ...textTable(
    ['PROVIDER', 'SERVICE', 'OPERATIONS', 'IDENTITY', 'ATTRIBUTES', 'ROWS', 'BEYOND MODELS'],
    found.flatMap((one) => [
      [
        one.provider,
        'all',
        ...countCells(one, one.everyResource),
        String(one.rows),
        String(one.rowsBeyondModels),
      ],
      ...(withServices ? one.services : []).map((each) => [
        one.provider,
        each.service,
        ...countCells(each, one.everyResource),
        '',
        '',
      ]),
    ]),
  ),
  '',
  'operations: mutating ones in the public models; every: each record states what it touched, with or without a row',
];
