import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readIgnoreRules } from '../../../src/config/ignore-rules-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ignore-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (text: string): string => {
  const file = join(folder, 'rules.json');
  writeFileSync(file, text);
  return file;
};

describe('readIgnoreRules', () => {
  it('reads rules', () => {
    const rule = { id: 'autoscaling', reason: 'scaled by load', attribute: 'desired_capacity' };
    expect(readIgnoreRules(fileOf(JSON.stringify([rule])))).toEqual([rule]);
  });

  it.each([
    ['{', 'the file is not JSON'],
    ['{}', 'must hold an array'],
    ['["x"]', 'rule 1 is not an object'],
    ['[{"id":"a","reason":"b"}]', 'rule 1 has none of type'],
    ['[{"id":"a","reason":"b","typo":"c"}]', 'rule 1 has the unknown key typo'],
    ['[{"id":"a","reason":"b","type":""}]', 'type must be a text'],
    ['[{"reason":"b","type":"x"}]', 'rule 1 has no id'],
    [
      '[{"id":"a","reason":"b","type":"x"},{"id":"a","reason":"b","type":"y"}]',
      'the id a is given twice',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => readIgnoreRules(fileOf(text))).toThrow(message);
  });

  it('names a file that is not there', () => {
    expect(() => readIgnoreRules(join(folder, 'none.json'))).toThrow('cannot be read (ENOENT)');
  });
});
