import type { Writable } from 'node:stream';
import { LineWriter, OutputClosedError } from './line-writer.ts';

/** Prints lines as they come; ends quietly where the reader of the output has gone. */
export const printLines = async (lines: Iterable<string>, stdout: Writable): Promise<void> => {
  const writer = new LineWriter(stdout);
  try {
    for (const line of lines) await writer.line(line);
    await writer.flush();
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
};
