import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { isLeased, releaseLease, takeLease } from '../../support/stack-leases.ts';
import { faultStackOptions } from './fault-stack.ts';
import { readRows, renderTable } from './result-table.ts';

const note = (line: string): void => {
  process.stderr.write(`fault stack: ${line}\n`);
};

/** Where each test leaves its row of the table. */
const rowFile = (dataDir: string): string => join(dataDir, `rows-${process.pid}.jsonl`);

/** vitest globalSetup: starts the stack that is to be broken. */
export const setup = async (project: TestProject): Promise<void> => {
  const options = faultStackOptions(process.env);
  takeLease(options.dataDir);
  try {
    rmSync(rowFile(options.dataDir), { force: true });
    project.provide('stack', await startStack(options, { fresh: true, report: note }));
    project.provide('faultRows', rowFile(options.dataDir));
  } catch (error) {
    releaseLease(options.dataDir);
    throw error;
  }
};

/** Prints the table and ends the stack, unless DRIFTLINE_FAULT_STACK_KEEP=1 or another run uses it. */
export const teardown = async (): Promise<void> => {
  const options = faultStackOptions(process.env);
  const rows = rowFile(options.dataDir);
  if (existsSync(rows)) process.stdout.write(`\n${renderTable(readRows(rows))}\n`);
  rmSync(rows, { force: true });
  releaseLease(options.dataDir);
  if (process.env['DRIFTLINE_FAULT_STACK_KEEP'] === '1') return;
  await stopStack(options, { unless: () => isLeased(options.dataDir), report: note });
};
