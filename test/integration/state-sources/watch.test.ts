import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import {
  runDriftlineCommand,
  startDriftline,
  type DriftlineProcess,
} from '../../support/driftline-process.ts';
import { startServer, type FakeServer } from '../../support/emulators/fake-server.ts';

const stateOf = (lineage: string, serial: number): string =>
  JSON.stringify({
    version: 4,
    serial,
    lineage,
    resources: [
      {
        mode: 'managed',
        type: 'aws_vpc',
        name: 'main',
        provider: 'provider["registry.terraform.io/hashicorp/aws"]',
        instances: [{ attributes: { id: `vpc-${lineage}-${serial}` } }],
      },
    ],
  });

describe('driftline desired watch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-watch-'));
  const file = join(folder, 'app.tfstate');
  let deployment: Deployment;
  let backend: FakeServer;
  let serial = 0;
  let watch: DriftlineProcess;

  beforeAll(async () => {
    deployment = await createDeployment(inject('stack'));
    backend = await startServer((request, response) => {
      if (request.headers.authorization === undefined) response.writeHead(401).end();
      else if (serial === 0) response.writeHead(503).end();
      else response.end(stateOf('l-http', serial));
    });
    writeFileSync(file, stateOf('l-file', 1));
    const location = backend.address.replace('://', '://drift:hunter2@');
    const options = ['--env', 'prod', '--interval', '1s', ...deployment.settings];
    watch = startDriftline(['desired', 'watch', `${location}/net`, file, ...options]);
  });
  afterAll(async () => {
    watch.kill('SIGKILL');
    await watch.exited;
    await backend.stop();
    rmSync(folder, { recursive: true });
  });

  const published = (source: string, atSerial: number, limitMs = 20_000): Promise<void> => {
    const until = Date.now() + limitMs;
    const look = async (): Promise<void> => {
      const found = watch.lines.some(
        (line) =>
          line.event === 'desired-state.published' &&
          line['source'] === source &&
          line['serial'] === atSerial,
      );
      if (found) return;
      if (Date.now() > until) throw new Error(`serial ${atSerial} of ${source} is not published`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return look();
    };
    return look();
  };

  it('publishes what is there while another source is away', async () => {
    await published(file, 1, 60_000);
    expect(await watch.event('state-source.failed')).toMatchObject({ reason: 'unavailable' });
  });

  it('publishes a change within the interval, of a file and of a backend that is back', async () => {
    serial = 1;
    writeFileSync(file, stateOf('l-file', 2));
    const start = Date.now();
    await published(file, 2);
    await published(`${backend.address}/net`, 1);
    // The interval, and what a transaction takes on a busy machine.
    expect(Date.now() - start).toBeLessThan(8_000);
    serial = 2;
    await published(`${backend.address}/net`, 2);
  });

  it('ends with 0 when asked to, and has told no credentials', async () => {
    watch.kill('SIGTERM');
    expect(await watch.exited).toBe(0);
    expect(watch.lines.at(-1)).toMatchObject({ event: 'service.stopped' });
    expect(JSON.stringify(watch.lines) + watch.stderr()).not.toContain('hunter2');
  });

  it('has published through the same locations as desired publish and read', async () => {
    const location = `${backend.address.replace('://', '://drift:hunter2@')}/net`;
    const again = ['desired', 'publish', location, '--env', 'prod', ...deployment.settings];
    const { code, stdout } = await runDriftlineCommand(again);
    expect(code).toBe(0);
    expect(stdout).toContain('prod/l-http serial 2: 0 added, 0 changed, 0 removed, 1 unchanged');
    const read = await runDriftlineCommand(['desired', 'read', location]);
    expect(read.stdout).toContain('vpc-l-http-2');
    expect(read.stdout + read.stderr).not.toContain('hunter2');
  });

  it('refuses a location that can never give a state, before it starts', async () => {
    const { code, stderr } = await runDriftlineCommand([
      ...['desired', 'watch', 's3://UPPER/key', '--env', 'prod'],
      ...deployment.settings,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('s3://<bucket>/');
  });
});
