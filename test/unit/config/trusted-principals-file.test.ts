import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrustedPrincipals } from '../../../src/config/trusted-principals-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'trusted-principals-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string) => {
  const file = join(folder, 'trusted.json');
  writeFileSync(file, text);
  return readTrustedPrincipals(file);
};

describe('readTrustedPrincipals', () => {
  it('reads principals with their accounts', () => {
    const row = {
      principals: ['arn:aws:iam::*:role/terraform'],
      accounts: ['1111*'],
      provider: 'aws',
      note: 'the platform team',
    };
    expect(read(JSON.stringify([row]))).toEqual([row]);
  });

  it.each([
    ['{', 'is not JSON'],
    ['{}', 'must be a list'],
    ['[{"principals":["a"]}]', '[0].accounts is missing'],
    ['[{"principals":[],"accounts":["1"]}]', '[0].principals must not be empty'],
    ['[{"principals":["a"],"accounts":["1"],"provider":"ibm"}]', '[0].provider must be one of'],
    ['[{"principals":["a"],"accounts":"1"}]', '[0].accounts must be a list'],
  ])('refuses %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
