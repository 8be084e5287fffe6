import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const STORY = 'deploy/demo/story';
const folder = mkdtempSync(join(tmpdir(), 'driftline-ignore-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ignoreTest = (options: readonly string[], input = ''): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'ignore', 'test', '--desired', `${STORY}/prod.tfstate`, '--env', 'prod', ...options],
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });

const rulesFile = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const EVENTS = ['--events', `${STORY}/events`];
/** The acts of the story are of January 2026. */
const LINES = `# id: groups
# owner: team-net
# expires: 2026-01-01
aws_security_group

aws_cloudwatch_metric_alarm
aws_s3_bucket
!aws_s3_bucket.larkfield-orders-export-tmp
aws_nothing
`;

interface Report {
  readonly taken: readonly {
    readonly rule: string;
    readonly kind: string;
    readonly address?: string;
  }[];
  readonly rules: readonly { readonly id: string; readonly [field: string]: unknown }[];
  readonly summary: Readonly<Record<string, number>>;
}

describe('driftline ignore test', () => {
  it('tells below the report that a file of events is missing', async () => {
    const rules = rulesFile('missing.driftignore', LINES);
    const missing = ['--rules', rules, '--events', join(folder, 'none.json')];
    const { code, stdout } = await ignoreTest(missing);
    expect(code).toBe(2);
    expect(stdout).toContain('all the same.\n1 of the --events could not be read');
    const report = JSON.parse(
      (await ignoreTest([...missing, '--format', 'json'])).stdout,
    ) as Report;
    expect(report.summary).toMatchObject({ unreadable_files: 1 });
  });

  it('shows what each line takes, what took nothing, and what has ended', async () => {
    const rules = rulesFile('.driftignore', LINES);
    const { code, stdout, stderr } = await ignoreTest([
      '--rules',
      rules,
      ...EVENTS,
      '--format',
      'json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout) as Report;
    expect(report.taken).toEqual([
      expect.objectContaining({
        rule: '.driftignore:6',
        kind: 'deleted',
        operation: 'DeleteAlarms',
        address: 'module.monitoring.aws_cloudwatch_metric_alarm.orders_cpu',
      }),
    ]);
    expect(report.rules).toEqual([
      expect.objectContaining({
        id: 'groups',
        owner: 'team-net',
        expired: true,
        taken: 0,
        missed: 1,
      }),
      expect.objectContaining({
        id: '.driftignore:6',
        events: 1,
        taken: 1,
        missed: 0,
        expired: false,
      }),
      expect.objectContaining({ id: '.driftignore:7', taken: 0, keeps: false }),
      expect.objectContaining({ id: '.driftignore:8', keeps: true }),
      expect.objectContaining({ id: '.driftignore:9', events: 0, taken: 0 }),
    ]);
    const files = readdirSync(`${STORY}/events`).length;
    expect(report.summary).toMatchObject({ events: files, ignored: 1, unread: 0 });
  });

  it('prints a table for a person, and reads events from standard input', async () => {
    const rules = rulesFile('.driftignore', LINES);
    const event = readFileSync(`${STORY}/events/05-deleted-alarm.json`, 'utf8');
    const { code, stdout } = await ignoreTest(['--rules', rules, '--events', '-'], event);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\.driftignore:6 +deleted .*orders_cpu: DeleteAlarms by /);
    expect(stdout).toMatch(/groups +0 +0 +0 +2026-01-01 +team-net +ended/);
    expect(stdout).toMatch(/\.driftignore:9 +0 .*took nothing/);
    expect(stdout).toContain('1 audit event: 1 is ignored, 0 are candidates all the same.');
  });

  it('tells the faults of a file with their places, and ends with 2', async () => {
    const rules = rulesFile(
      'bad.yaml',
      '- id: a\n  owner: o\n  reason: r\n  expires: soon\n  type: x\n',
    );
    const { code, stdout, stderr } = await ignoreTest(['--rules', rules, ...EVENTS]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      'bad.yaml cannot be used:\n- line 4, column 12: expires must be a day',
    );
  });

  it('tells of records that it cannot read, and ends with 2', async () => {
    const rules = rulesFile('.driftignore', LINES);
    const { code, stdout, stderr } = await ignoreTest(
      ['--rules', rules, '--events', '-'],
      '{"a":1}\n',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('stdin:1:');
    expect(stdout).toContain('0 audit events');
  });
});
