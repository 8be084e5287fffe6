import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { stackOptions } from '../../deploy/local/options.ts';
import type { Environment, StackAddresses, StackOptions } from '../../deploy/local/options.ts';
import { startStack, stackStatus, stopStack } from '../../deploy/local/stack.ts';
import { isLeased, releaseLease, takeLease } from './stack-leases.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Real services for all integration tests of a run: use topics, groups and indices with names of your own. */
    readonly stack: StackAddresses;
  }
}

/**
 * The stack of the tests: ports and data apart from the developer's own.
 * DRIFTLINE_TEST_STACK_{KAFKA,CONTROLLER,OPENSEARCH}_PORT and DRIFTLINE_TEST_STACK_DATA_DIR override.
 */
export function testStackOptions(env: Environment): StackOptions {
  const own = (name: string, fallback: string): string =>
    env[`DRIFTLINE_TEST_STACK_${name}`] ?? fallback;
  return stackOptions(
    {
      ...env,
      DRIFTLINE_STACK_KAFKA_PORT: own('KAFKA_PORT', '19092'),
      DRIFTLINE_STACK_CONTROLLER_PORT: own('CONTROLLER_PORT', '19093'),
      DRIFTLINE_STACK_OPENSEARCH_PORT: own('OPENSEARCH_PORT', '19200'),
      DRIFTLINE_STACK_DATA_DIR: own(
        'DATA_DIR',
        fileURLToPath(new URL('../../.stack/test', import.meta.url)),
      ),
    },
    { quickJvm: true },
  );
}

/** vitest globalSetup: starts the stack, or uses the one that another or a kept run has started. */
export async function setup(project: TestProject): Promise<void> {
  const options = testStackOptions(process.env);
  takeLease(options.dataDir);
  try {
    const isDown = (await stackStatus(options)).every(({ state }) => state === 'down');
    if (isDown) rmSync(keptFile(options), { force: true });
    project.provide('stack', await startStack(options, { fresh: true, report: note }));
  } catch (error) {
    releaseLease(options.dataDir);
    throw error;
  }
}

/** Ends the stack when no other run uses it; its logs stay until the next start. DRIFTLINE_TEST_STACK_KEEP=1 leaves it running. */
export async function teardown(): Promise<void> {
  const options = testStackOptions(process.env);
  releaseLease(options.dataDir);
  if (process.env['DRIFTLINE_TEST_STACK_KEEP'] === '1') {
    mkdirSync(options.dataDir, { recursive: true });
    writeFileSync(keptFile(options), '');
  }
  if (existsSync(keptFile(options))) {
    note(`left running; end it with: node deploy/local/main.ts down --data-dir ${options.dataDir}`);
    return;
  }
  await stopStack(options, {
    unless: () => isLeased(options.dataDir) || existsSync(keptFile(options)),
    report: note,
  });
}

function note(line: string): void {
  process.stderr.write(`test stack: ${line}\n`);
}

function keptFile(options: StackOptions): string {
  return join(options.dataDir, 'kept');
}
