import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXPECTED_CANDIDATES } from '../../deploy/demo/story/expected-candidates.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = mkdtempSync(join(tmpdir(), 'driftline-demo-'));
const dataDir = join(folder, 'data');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    const options = { timeout: 180_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [...args], options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });

/** Below the range from which the system gives ports away: nobody else gets it before the demo takes it. */
let nextPort = 31_000 + (process.pid % 150) * 10;

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const port = nextPort++;
    const server = createServer();
    server.on('error', () => done(freePort()));
    server.listen(port, '127.0.0.1', () => server.close(() => done(port)));
  });

/** Processes whose command line names the folder. */
const leftOver = (): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dataDir);
      } catch {
        // The process has ended meanwhile.
        return false;
      }
    });

describe('the demo', () => {
  it.skipIf(process.platform !== 'linux')(
    'tells the day through the real services, finds its answers right, and leaves nothing running',
    async () => {
      const flags = ['--data-dir', dataDir];
      for (const name of ['kafka', 'controller', 'opensearch', 'http']) {
        flags.push(`--${name}-port`, String(await freePort()));
      }
      const { code, stdout, stderr } = await node('deploy/demo/main.ts', ...flags);
      expect({ code, stderr, wrong: /^WRONG.*/m.exec(stdout)?.[0] }).toEqual({
        code: 0,
        stderr: '',
        wrong: undefined,
      });
      expect(stdout).toMatch(/(\d+) of \1 checks hold/);
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(leftOver()).toEqual([]);
    },
  );

  it('starts nothing where a port is taken, and says which', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    try {
      const flags = ['--data-dir', join(folder, 'taken'), '--opensearch-port', String(port)];
      const { code, stderr } = await node('deploy/demo/main.ts', ...flags);
      expect(code).toBe(1);
      expect(stderr).toContain(`Port ${String(port)} is needed for opensearch`);
    } finally {
      server.close();
    }
  });
});

describe('driftline scan on the files of the demo', () => {
  it('finds the same candidates with no services at all', async () => {
    const story = resolve('deploy/demo/story');
    const { code, stdout } = await node(
      ...['src/main.ts', 'scan', '--format', 'ndjson', '--env', 'prod'],
      ...['--desired', join(story, 'prod.tfstate'), '--events', join(story, 'events')],
      ...['--trust-principal', 'arn:aws:iam::*:role/terraform-apply'],
    );
    const addresses = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { resource: { address?: string } }).resource.address);
    const prod = EXPECTED_CANDIDATES.filter(({ environment }) => environment !== 'staging');
    expect(code).toBe(1);
    expect(addresses).toEqual(prod.map(({ address }) => address));
  });
});
