import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A table as its file has it: one row a line, by name, so that the same rows are the same bytes. */
export const tableText = (rows: Readonly<Record<string, unknown>>): string => {
  const lines = Object.keys(rows)
    .sort(byName)
    .map((key) => `  ${JSON.stringify(key)}: ${JSON.stringify(rows[key])}`);
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
};

export const writeTable = (file: string, rows: Readonly<Record<string, unknown>>): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, tableText(rows));
};
