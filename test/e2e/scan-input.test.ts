import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { patchRecord } from '../support/kubernetes-records.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const STORY = 'deploy/demo/story';
const folder = mkdtempSync(join(tmpdir(), 'driftline-scan-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFile = (name: string, content: object): string => {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
};

const scan = (
  ...options: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, 'scan', ...options], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end('');
  });

describe('what driftline scan is given', () => {
  it('is refused where standard input is to be states and events: one of them would be empty', async () => {
    const { code, stdout, stderr } = await scan('--desired', '-', '--events', '-');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('standard input can be given once');
  });

  it('is refused where the environment has no name, as from a variable that is not set', async () => {
    const { code, stderr } = await scan(
      ...['--desired', `${STORY}/prod.tfstate`, '--env', '', '--events', `${STORY}/events`],
    );
    expect(code).toBe(2);
    expect(stderr).toContain('It takes letters, digits, dot, dash and underscore');
  });

  it('is not called clean where a file of events is missing', async () => {
    const states = ['--desired', `${STORY}/prod.tfstate`, '--env', 'prod'];
    const { code, stdout, stderr } = await scan(...states, '--events', join(folder, 'none.json'));
    expect(code).toBe(2);
    expect(stdout).toMatch(/No drift candidates in what could be read\.\n1 of the --events/);
    expect(stderr).toBe(
      `driftline: ${join(folder, 'none.json')}: There is no such file or folder.\n`,
    );
  });

  it('is warned of as `desired read` does, and told what a file does not say', async () => {
    const manifest = inFile('web.json', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas: 3 },
    });
    const input = ['--desired', manifest, '--events', inFile('events.json', patchRecord)];
    const unnamed = await scan(...input);
    expect(unnamed.code).toBe(1);
    expect(unnamed.stderr).toContain('Give --cluster');
    const named = await scan(...input, '--cluster', 'prod-eu');
    expect(named).toMatchObject({ code: 1, stderr: '' });
    const other = await scan(...input, '--cluster', 'other');
    expect(other).toMatchObject({ code: 0, stderr: '' });
  });
});
