import { column, terminalText } from './terminal-text.ts';

/** An ARN of a role of IAM Identity Center has 130: two that are cut look the same. */
const MAX_COLUMN = 160;

/** Lines of a table for a terminal: columns as wide as their cells, at most 160, the last one as long as it is. */
export const textTable = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] => {
  const all = [header, ...rows.map((row) => row.map(terminalText))];
  const widths = header
    .slice(0, -1)
    .map((_name, position) =>
      all.reduce(
        (widest, row) => Math.min(MAX_COLUMN, Math.max(widest, row[position]?.length ?? 0)),
        0,
      ),
    );
  return all.map((row) =>
    row
      .map((cell, position) => {
        const width = widths[position];
        return width === undefined ? cell : column(cell, width);
      })
      .join('  ')
      .trimEnd(),
  );
};
