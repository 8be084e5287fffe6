import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stackOptions } from '../../../deploy/local/options.ts';
import type { StackOptions } from '../../../deploy/local/options.ts';
import { processStart } from '../../../deploy/local/process-file.ts';
import { startStack, stackStatus, stopStack } from '../../../deploy/local/stack.ts';

const MAIN = fileURLToPath(new URL('../../../deploy/local/main.ts', import.meta.url));

type Listener = { readonly port: number; readonly close: () => Promise<void> };

/** Listens on the port, or says undefined where it is taken. */
function listen(port: number): Promise<Listener | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () =>
      resolve({ port, close: () => new Promise((closed) => server.close(() => closed())) }),
    );
  });
}

/** Below the range from which the system takes the ports of outgoing connections. */
async function anyListener(from = 20_000 + (process.pid % 1000) * 10): Promise<Listener> {
  for (let port = from; port < 32_000; port += 1) {
    const listener = await listen(port);
    if (listener !== undefined) return listener;
  }
  throw new Error(`no free port from ${from} to 32000`);
}

/** Kafka alone: it starts fastest, and the way of starting and ending is the same for both. */
async function kafkaOnly(dataDir: string): Promise<StackOptions> {
  const listeners = [await anyListener(), await anyListener(), await anyListener()] as const;
  await Promise.all(listeners.map(({ close }) => close()));
  const ports = {
    kafkaPort: listeners[0].port,
    controllerPort: listeners[1].port,
    opensearchPort: listeners[2].port,
  };
  return stackOptions(
    {},
    { ...ports, dataDir, kafkaHeapMb: 256, services: ['kafka'], quickJvm: true },
  );
}

function commandLine(
  options: StackOptions,
  ...args: readonly string[]
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  return new Promise((resolve) => {
    const all = [MAIN, ...args, '--only', 'kafka', '--data-dir', options.dataDir];
    execFile(process.execPath, all, (error, stdout) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout }),
    );
  });
}

describe('a stack of its own', () => {
  let options: StackOptions;
  let steps: string[];
  const report = (line: string): number => steps.push(line);

  beforeAll(async () => {
    options = await kafkaOnly(mkdtempSync(join(tmpdir(), 'driftline-stack-')));
    steps = [];
    await startStack(options, { report });
  });

  afterAll(async () => {
    await stopStack(options, { wipe: true });
    rmSync(options.dataDir, { recursive: true, force: true });
  });

  const pidOfKafka = async (): Promise<number> => {
    const pid = (await stackStatus(options))[0]?.pid;
    if (pid === undefined || pid === null) throw new Error('kafka does not run');
    return pid;
  };

  it('is left as it is by a second start', async () => {
    const pid = await pidOfKafka();
    steps = [];
    const begun = performance.now();
    expect(await startStack(options, { report })).toEqual({
      kafka: `127.0.0.1:${options.kafkaPort}`,
      opensearch: `http://127.0.0.1:${options.opensearchPort}`,
    });
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(await pidOfKafka()).toBe(pid);
    expect(steps).toEqual([expect.stringContaining('up already')]);
  });

  it('is told about by status, in its exit code, too', async () => {
    const { exitCode, stdout } = await commandLine(options, 'status', '--format', 'json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        service: 'kafka',
        state: 'up',
        pid: await pidOfKafka(),
        address: `127.0.0.1:${options.kafkaPort}`,
      }),
    ]);
  });

  it('is not started again on other ports', async () => {
    const elsewhere = { ...options, kafkaPort: options.opensearchPort };
    await expect(startStack(elsewhere)).rejects.toMatchObject({ code: 'other-settings-running' });
  });

  it('comes back with its data after a kill', async () => {
    const pid = await pidOfKafka();
    const identity = join(options.dataDir, 'kafka/data/meta.properties');
    const before = readFileSync(identity, 'utf8');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => processStart(pid)).toBeUndefined();
    expect((await stackStatus(options))[0]?.state).toBe('down');
    await startStack(options, { report });
    expect(await pidOfKafka()).not.toBe(pid);
    expect(readFileSync(identity, 'utf8')).toBe(before);
  });

  it('leaves no process and, wiped, no data behind when it is stopped', async () => {
    const pid = await pidOfKafka();
    expect((await commandLine(options, 'down', '--wipe')).exitCode).toBe(0);
    expect(processStart(pid)).toBeUndefined();
    expect(existsSync(join(options.dataDir, 'kafka'))).toBe(false);
    expect((await commandLine(options, 'status')).exitCode).toBe(1);
  });
});

describe('a stack that cannot start', () => {
  let options: StackOptions;

  beforeAll(async () => {
    options = await kafkaOnly(mkdtempSync(join(tmpdir(), 'driftline-stack-')));
  });

  afterAll(async () => {
    await stopStack(options, { wipe: true });
    rmSync(options.dataDir, { recursive: true, force: true });
  });

  it('names the taken port and its flag, and starts nothing', async () => {
    const taken = await listen(options.controllerPort);
    try {
      await expect(startStack(options)).rejects.toMatchObject({
        code: 'port-taken',
        message: expect.stringMatching(
          new RegExp(`Port ${options.controllerPort} .*--controller-port`),
        ) as unknown,
      });
    } finally {
      await taken?.close();
    }
    expect(existsSync(join(options.dataDir, 'kafka'))).toBe(false);
  });

  it('shows the end of the log of a service that gave up, and leaves no process', async () => {
    const data = join(options.dataDir, 'kafka/data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'meta.properties'), 'version=1\nnode.id=99\ncluster.id=other\n');
    writeFileSync(join(data, 'bootstrap.checkpoint'), '');
    await expect(startStack(options)).rejects.toMatchObject({
      code: 'start-failed',
      message: expect.stringMatching(/kafka\.log:\n[^]*Stored node id 99/) as unknown,
    });
    expect((await stackStatus(options))[0]).toMatchObject({ state: 'down', pid: null });
  });

  it('ends what it started when it is aborted', async () => {
    await stopStack(options, { wipe: true });
    const abort = new AbortController();
    const start = startStack(options, { signal: abort.signal });
    await expect
      .poll(async () => (await stackStatus(options))[0]?.state, { timeout: 30_000 })
      .toBe('silent');
    abort.abort();
    await expect(start).rejects.toMatchObject({ code: 'aborted' });
    expect((await stackStatus(options))[0]).toMatchObject({ state: 'down', pid: null });
  });
});

describe('the shared stack of the tests', () => {
  it('has an OpenSearch that does not make an index of an alias, and runs scripts', async () => {
    const { opensearch } = inject('stack');
    const index = `stack-test-${Date.now()}`;
    const post = (path: string, body: unknown) =>
      fetch(`${opensearch}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post('/audit-events/_doc', { n: 1 })).status).toBe(404);
    expect((await post(`/${index}/_doc?refresh=true`, { n: 2 })).status).toBe(201);
    const script = { script: { source: "doc['n'].value == params.n", params: { n: 2 } } };
    const answer: unknown = await (await post(`/${index}/_count`, { query: { script } })).json();
    expect(answer).toMatchObject({ count: 1 });
    await fetch(`${opensearch}/${index}`, { method: 'DELETE' });
  });
});
