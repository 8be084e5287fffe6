import { afterEach, expect, inject, it } from 'vitest';
import { startFaultProxy } from '../../faults/support/fault-proxy.ts';
import { httpFraming } from '../../faults/support/request-framing.ts';
import { readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { askProbe, untilStatus, type Probe } from '../../support/probes.ts';

let deployment: Deployment | undefined;
afterEach(() => deployment?.end());

const GRACE_MS = 4_000;

it('is ready through a short absence of OpenSearch, says so of a long one, and stays live', async () => {
  const stack = inject('stack');
  const proxy = await startFaultProxy({
    port: 0,
    target: Number(new URL(stack.opensearch).port),
    framing: httpFraming,
  });
  deployment = await createDeployment(stack);
  await deployment.publishState(securityGroupState(1));
  const driftline = deployment.start([
    '--set',
    `opensearch.nodes=http://127.0.0.1:${proxy.port}`,
    '--set',
    `http.readyGraceMs=${GRACE_MS}`,
  ]);
  const { host, port } = await driftline.event('http.listening');
  const ready = (): Promise<Probe> => askProbe(driftline, '/readyz');
  expect(host).toBe('127.0.0.1');
  await untilStatus(() => driftline, '/readyz', 200);

  proxy.set({ kind: 'cut' });
  proxy.reset();
  await expect
    .poll(
      () => driftline.lines.some((line) => line.event === 'need.changed' && line['up'] === false),
      {
        timeout: 20_000,
      },
    )
    .toBe(true);
  // The first sign of the absence is newer than the grace.
  expect(await ready()).toEqual({ status: 200, reasons: [] });
  const refused = await untilStatus(() => driftline, '/readyz', 503);
  expect(refused.reasons).toEqual([
    expect.stringMatching(/^opensearch: .*cannot be reached.*\(for \d+ s\)$/),
  ]);
  expect((await askProbe(driftline, '/livez')).status).toBe(200);
  const metrics = await (await fetch(`http://${String(host)}:${Number(port)}/metrics`)).text();
  expect(metrics).toContain('driftline_need_up{need="opensearch"} 0');
  expect(metrics).toContain('driftline_need_up{need="kafka"} 1');

  proxy.set({ kind: 'none' });
  await untilStatus(() => driftline, '/readyz', 200);
  await deployment.produce([readEvent('after')]);
  await deployment.caughtUp();
  expect(await deployment.auditDocuments()).toHaveLength(1);
  driftline.kill('SIGTERM');
  expect(await driftline.exited).toBe(0);
  await proxy.close();
});
