import { basename } from 'node:path';
import { afterAll, afterEach, inject } from 'vitest';
import { testOfFile } from './elsewhere.ts';
import { addRow } from './result-table.ts';

// vitest setupFiles: a row of the table for each file of the project that adds none itself.
const began = performance.now();
let file = '';
let tests = 0;
let failed = 0;

afterEach(({ task }) => {
  file = task.file.filepath;
  tests += 1;
  if (task.result?.state === 'fail') failed += 1;
});

afterAll(() => {
  const test = testOfFile(file);
  if (test === undefined) return;
  addRow(inject('faultRows'), {
    test: `${test} (${basename(file, '.test.ts')}: ${tests - failed} of ${tests})`,
    seconds: Math.round((performance.now() - began) / 1000),
    result: failed === 0 ? 'pass' : 'FAIL',
  });
});
