import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  readAddressMapping,
  readEnvironmentRules,
  readExpectedDifferences,
} from '../../../src/config/environment-rules-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environments-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (content: unknown, name = 'file.json'): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

describe('the rules of environments', () => {
  it('come from the shipped table, rows of an own folder first', () => {
    const row = { attribute: 'size', compare: 'never', reason: 'ours' };
    write({ attributes: [row], names: [['blue']] }, 'environments.json');
    const shipped = readEnvironmentRules('config');
    const rules = readEnvironmentRules('config', folder);
    expect(rules.attributes).toEqual([row, ...shipped.attributes]);
    expect(rules.names[0]).toEqual(['blue']);
    expect(rules.texts).toEqual(shipped.texts);
    expect(readEnvironmentRules('config', join(folder, 'none'))).toEqual(shipped);
  });

  it('are refused with every fault', () => {
    const texts = [{ pattern: '(', as: 'x', reason: 'r' }];
    write(
      { texts, attributes: [{ attribute: 'a', compare: 'often', reason: 'r' }] },
      'environments.json',
    );
    expect(() => readEnvironmentRules('config', folder)).toThrow(
      /texts\[0\]\.pattern .*regular expression[^]*attributes\[0\]\.compare must be one of/,
    );
  });
});

describe('files of a comparison', () => {
  it('are read', () => {
    const mapping = [{ staging: 'a.b', prod: 'a.c' }];
    const expected = [{ address: '*.x', attribute: 'size', reason: 'meant' }];
    expect(readAddressMapping(write(mapping))).toEqual(mapping);
    expect(readExpectedDifferences(write(expected))).toEqual(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ['no list', {}, /must be a list/],
    ['no JSON', '[', /is not JSON/],
    ['no reason', [{ address: 'a' }], /\[0\].*reason/],
    ['no pattern', [{ reason: 'a' }], /must have one of address, type, attribute/],
    ['an unknown key', [{ reason: 'a', address: 'b', env: 'c' }], /env/],
  ])('are refused for %s', (_what, content, message) => {
    expect(() => readExpectedDifferences(write(content))).toThrow(message);
  });
});
