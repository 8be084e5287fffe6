import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TESTS_ELSEWHERE } from './test/faults/support/elsewhere.ts';

const minute = 60_000;

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    env: {
      // Halves what it takes to start a driftline; the tests start some hundreds.
      NODE_COMPILE_CACHE:
        process.env['NODE_COMPILE_CACHE'] ??
        fileURLToPath(new URL('.stack/compile-cache', import.meta.url)),
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Pure, so files may share a process: two thirds of the time went into loading modules.
          isolate: false,
          // Laws over thousands of cases, on a machine that may be busy.
          testTimeout: minute,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          // Laws over thousands of cases, on a machine that may be busy.
          testTimeout: minute,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          // Two files at a time, since they mostly wait: each has topics, groups, indices and ports of its own.
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ['test/support/stack.ts'],
          testTimeout: 2 * minute,
          hookTimeout: 5 * minute,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts', ...Object.values(TESTS_ELSEWHERE).flat()],
          globalSetup: ['test/faults/support/fault-stack-setup.ts'],
          setupFiles: ['test/faults/support/elsewhere-rows.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 30 * minute,
          hookTimeout: 5 * minute,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          // What tells most in the least time, for every change.
          name: 'faults-short',
          include: ['test/faults/kafka-{kill-points,zombies,codecs}.test.ts'],
          globalSetup: ['test/faults/support/fault-stack-setup.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 5 * minute,
          hookTimeout: 5 * minute,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 5 * minute,
          hookTimeout: 5 * minute,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
