import { Command } from 'commander';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addConfigOptions, registerConfig } from '../../../src/commands/config.ts';
import { certificateFiles, detectionFiles } from '../../../src/compose-named-files.ts';

let out = '';
let err = '';

beforeEach(() => {
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

const run = async (...words: readonly string[]): Promise<number> => {
  const program = new Command('driftline');
  registerConfig(program, {
    namedFiles: (config) => [...detectionFiles(config), ...certificateFiles(config)],
  });
  await program.parseAsync(['config', ...words], { from: 'user' });
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return code;
};

describe('driftline config', () => {
  it('shows values with their origin', async () => {
    expect(await run('show', '--origin', '--set', 'http.port=1', '--set', 'log.level=warn')).toBe(
      0,
    );
    expect(out).toContain('http.port = 1  (flag http.port)\n');
    expect(out).toContain('log.level = "warn"  (flag log.level)\n');
  });

  it('reads the file that a variable names, unless an option names one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-config-'));
    const fileOf = (port: number): string => {
      const file = join(folder, `${port}.yaml`);
      writeFileSync(file, `http: { port: ${port} }`);
      return file;
    };
    const named = fileOf(9001);
    vi.stubEnv('DRIFTLINE_CONFIG_FILE', named);
    await run('show', '--origin');
    expect(out).toContain(`http.port = 9001  (file ${named})\n`);
    await run('show', '--config', fileOf(9002));
    expect(out).toContain('http.port = 9002\n');
    out = '';
    vi.stubEnv('DRIFTLINE_CONFIG_FILE', '');
    await run('show');
    expect(out).toContain('http.port = 9464\n');
    expect(err).toBe('');
  });

  it('never shows a secret', async () => {
    vi.stubEnv('DRIFTLINE_DESIRED_HASH_KEY', 'hunter2-hunter2-hunter2');
    await run('show', '--origin');
    expect(out).toContain('desired.hashKey = "********"');
    expect(out).not.toContain('hunter2');
  });

  it('ends with 1 and names every issue', async () => {
    expect(await run('check', '--set', 'http.port=x', '--set', 'log.level=y')).toBe(1);
    expect(err).toContain('http.port');
    expect(err).toContain('log.level');
    expect(out).toBe('');
  });

  it('checks the files that the configuration names, and tells each fault with its key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-config-'));
    const trusted = join(folder, 'trusted.json');
    writeFileSync(trusted, '[{"principals": []}]');
    const certificate = join(folder, 'ca.pem');
    writeFileSync(certificate, 'none');
    const code = await run(
      'check',
      '--set',
      'detection.ignoreRulesFile=/nope/rules.yaml',
      '--set',
      `detection.trustedPrincipalsFile=${trusted}`,
      '--set',
      'detection.tablesFolder=/nope/tables',
      '--set',
      'opensearch.nodes=https://127.0.0.1:9200',
      '--set',
      `opensearch.caFile=${certificate}`,
    );
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(
      'The ignore rules in /nope/rules.yaml cannot be used:\n- the file cannot be read (ENOENT)\nIt is named by detection.ignoreRulesFile (flag detection.ignoreRulesFile): correct it, or name another.\n',
    );
    expect(err).toContain(`${trusted} cannot be used:`);
    expect(err).toContain('- /nope/tables: cannot be read: ENOENT');
    expect(err).toContain(
      `${certificate} does not hold a certificate as PEM.\nIt is named by opensearch.caFile (flag`,
    );
  });

  it('points at a variable that sets nothing', async () => {
    vi.stubEnv('DRIFTLINE_HTTP_PROT', '1');
    expect(await run('check')).toBe(0);
    expect(err).toContain('DRIFTLINE_HTTP_PROT');
  });

  it('points at a misspelt variable before any command that takes the configuration', async () => {
    vi.stubEnv('DRIFTLINE_KAFKA_BROKERZ', 'x');
    vi.stubEnv('DRIFTLINE_DEBUG', '1');
    const command = addConfigOptions(new Command('run').action(() => void (err += 'ran\n')));
    await command.parseAsync([], { from: 'user' });
    expect(err).toBe(
      'driftline: warning: DRIFTLINE_KAFKA_BROKERZ is no variable of the configuration: it sets nothing\nran\n',
    );
  });

  it('prints the reference, and finds the committed one up to date', async () => {
    expect(await run('reference')).toBe(0);
    expect(out).toContain('| `http.port` | `DRIFTLINE_HTTP_PORT` | port |');
    expect(await run('reference', '--check')).toBe(0);
  });
});
