import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../faults/mutants/mutants.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('a mutant of the delivery', () => {
  it.each(MUTANTS)('fits the source and names a test: $name', ({ file, find, test, testFile }) => {
    expect(readFileSync(ROOT + file, 'utf8').split(find)).toHaveLength(2);
    expect(readFileSync(ROOT + testFile, 'utf8')).toContain(`'${test}'`);
  });
});
