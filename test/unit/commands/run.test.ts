import { Command } from 'commander';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registerRun } from '../../../src/commands/run.ts';
import { readEnvironmentRules } from '../../../src/config/environment-rules-file.ts';
import { readIgnoreRules } from '../../../src/config/ignore-rules-file.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { readProviderTables } from '../../../src/config/provider-tables.ts';
import { tlsFiles } from '../../../src/connection/tls-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-run-'));
writeFileSync(join(folder, 'environments.json'), '{');

const exitCodes = async (fail: () => unknown): Promise<readonly number[]> => {
  const codes: number[] = [];
  const program = new Command();
  registerRun(program, {
    config: () => loadConfig({ env: {} }),
    signal: new AbortController().signal,
    setExitCode: (code) => codes.push(code),
    report: (error) => expect(error).toBeInstanceOf(Error),
    run: async () => void fail(),
  });
  await program.parseAsync(['run'], { from: 'user' });
  return codes;
};

describe('driftline run', () => {
  it.each([
    ['ignore rules', () => readIgnoreRules('/nope')],
    ['tables', () => readProviderTables('config', '/nope')],
    ['rules of environments', () => readEnvironmentRules('config', folder)],
    [
      'content of a certificate',
      () => tlsFiles({ caFile: join(folder, 'environments.json') }, Date.now, () => undefined)(),
    ],
    ['a CA', () => loadConfig({ env: {}, flags: { 'opensearch.caFile': '/nope' } })],
  ])('ends with 2 on bad %s, as on other bad configuration', async (_, fail) => {
    expect(await exitCodes(fail)).toEqual([2]);
  });

  it('ends with 1 where the surroundings fail', async () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    expect(
      await exitCodes(() => {
        throw refused;
      }),
    ).toEqual([1]);
  });
});
