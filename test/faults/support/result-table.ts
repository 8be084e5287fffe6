import { appendFileSync, readFileSync } from 'node:fs';

declare module 'vitest' {
  interface ProvidedContext {
    /** File that takes a row, as JSON, of each fault test. */
    readonly faultRows: string;
  }
}

/** What a test came to, by the count of the reader that checks the invariants: where it has counted. */
export interface ResultRow {
  readonly test: string;
  readonly records?: number;
  readonly documents?: number;
  readonly deadLetters?: number;
  readonly declaredDrops?: number;
  readonly duplicates?: number;
  readonly candidateDuplicates?: number;
  /** Of the largest process of the service, in MiB. */
  readonly rssMb?: number;
  readonly seconds: number;
  readonly result: 'pass' | 'FAIL';
}

export const addRow = (file: string, row: ResultRow): void =>
  appendFileSync(file, `${JSON.stringify(row)}\n`);

export const readRows = (file: string): readonly ResultRow[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ResultRow);

const columns: readonly (readonly [string, (row: ResultRow) => string | number | undefined])[] = [
  ['test', ({ test }) => test],
  ['records in', ({ records }) => records],
  ['documents', ({ documents }) => documents],
  ['dead letters', ({ deadLetters }) => deadLetters],
  ['declared drops', ({ declaredDrops }) => declaredDrops],
  ['duplicates', ({ duplicates }) => duplicates],
  ['candidate duplicates', ({ candidateDuplicates }) => candidateDuplicates],
  ['RSS peak MiB', ({ rssMb }) => rssMb],
  ['seconds', ({ seconds }) => seconds],
  ['result', ({ result }) => result],
];

/** A Markdown table, which reads as well on a screen. */
export const renderTable = (rows: readonly ResultRow[]): string => {
  const cells = [
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, of]) => String(of(row) ?? '-'))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const line = (of: readonly string[]): string =>
    `| ${of.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? `${'-'.repeat(width + 2)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head = [], ...body] = cells;
  return [line(head), rule, ...body.map(line)].join('\n');
};
