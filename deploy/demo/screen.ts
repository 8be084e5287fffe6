import { styleText } from 'node:util';

export interface Screen {
  /** Columns; lines are written to fit. */
  readonly width: number;
  readonly color: boolean;
  line(text?: string): void;
  heading(text: string): void;
  /** Runs one step; says what happens, then how long it took. */
  step<T>(what: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  paint(format: Parameters<typeof styleText>[0], text: string): string;
}

export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const WIDTH = 100;
const NARROWEST = 80;
const TIME_WIDTH = 9;

/** Writes to a stream; colours only on a terminal, and never where NO_COLOR is set. `now` in milliseconds. */
export const createScreen = (
  stream: ScreenStream,
  options: { readonly noColor: boolean; readonly now: () => number },
): Screen => {
  const color = stream.isTTY === true && !options.noColor;
  const width = Math.min(WIDTH, Math.max(NARROWEST, stream.columns ?? WIDTH));
  const paint: Screen['paint'] = (format, text) =>
    color ? styleText(format, text, { validateStream: false }) : text;
  const line = (text = ''): void => void stream.write(`${text}\n`);
  let steps = 0;
  return {
    width,
    color,
    paint,
    line,
    heading: (text) => {
      line();
      line(paint('bold', text));
    },
    step: async (what, work) => {
      steps += 1;
      const title = `${String(steps)}. ${what}`;
      const begun = options.now();
      const details: string[] = [];
      // On a terminal the step shows while it runs; a log gets the finished line only.
      if (stream.isTTY === true) stream.write(paint('dim', title));
      const result = await work((text) => void details.push(text)).catch((error: unknown) => {
        if (stream.isTTY === true) stream.write('\r\x1b[K');
        line(`${title} ${paint('red', 'failed')}`);
        throw error;
      });
      const seconds = `${((options.now() - begun) / 1000).toFixed(1)} s`;
      if (stream.isTTY === true) stream.write('\r\x1b[K');
      line(`${title.padEnd(width - TIME_WIDTH)}${seconds.padStart(TIME_WIDTH)}`);
      for (const detail of details) {
        for (const part of wrapped(`   ${detail}`, width)) line(paint('dim', part));
      }
      return result;
    },
  };
};

/** A text broken at spaces into lines of at most `width`; all but the first are indented by two more. */
export const wrapped = (long: string, width: number): readonly string[] => {
  const indent = ' '.repeat(long.length - long.trimStart().length);
  const lines: string[] = [];
  for (const word of long.trimStart().split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(last === undefined ? `${indent}${word}` : `${indent}  ${word}`);
    }
  }
  return lines;
};

/** Rows as columns, each as wide as its widest cell; numbers to the right. */
export const columns = (rows: readonly (readonly (string | number)[])[]): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, text(cell).length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        typeof cell === 'number'
          ? text(cell).padStart(widths[index] ?? 0)
          : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
};

const text = (cell: string | number): string =>
  typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
