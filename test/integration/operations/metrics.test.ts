import { afterEach, expect, inject, it } from 'vitest';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { operationsExpressions } from '../../support/operations-files.ts';
import { promqlNames } from '../../support/promql-names.ts';

let deployment: Deployment | undefined;
afterEach(() => deployment?.end());

/** What has no sample before something goes wrong, or without a publisher, a registry or a file of rules. */
const ONLY_IN_TROUBLE = [
  'driftline_bulk_blocked_total',
  'driftline_bulk_retries_total',
  'driftline_ignore_rules',
  'driftline_state_source_polls_total',
  'driftline_states_published_total',
  'driftline_unmapped_operations_total',
];

it('gives every series that the dashboard and the alerts name, with samples after an ordinary run', async () => {
  deployment = await createDeployment(inject('stack'));
  await deployment.publishState(securityGroupState(2));
  const lateByMs = 20_000;
  const acts = [readEvent('m-1'), ingressEvent('m-2', 0), '{"eventName":', ''];
  const now = new Date(Date.now() - lateByMs).toISOString();
  await deployment.produce(
    acts.map((text) =>
      text.endsWith('}')
        ? JSON.stringify({ ...(JSON.parse(text) as object), eventTime: now })
        : text,
    ),
  );
  const driftline = deployment.start();
  await deployment.caughtUp();
  const { port } = await driftline.event('http.listening');
  const read = async (): Promise<readonly string[]> =>
    (await (await fetch(`http://127.0.0.1:${Number(port)}/metrics`)).text()).split('\n');
  // The scopes are counted, and the last unit is told, a moment after the commit.
  await expect
    .poll(async () =>
      (await read()).filter((line) => /scope_resources\{|act_to_cand.*_sum/.test(line)),
    )
    .toHaveLength(2);
  const lines = await read();
  const sampled = new Set(
    lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/[{ ].*$/, '')),
  );
  const named = new Set(
    operationsExpressions().flatMap(([, expression]) =>
      promqlNames(expression).selected.map(({ metric }) => metric),
    ),
  );
  expect([...named].filter((name) => !sampled.has(name)).sort()).toEqual(ONLY_IN_TROUBLE);
  for (const name of ONLY_IN_TROUBLE) {
    expect(lines.some((line) => line.startsWith(`# TYPE ${name} `))).toBe(true);
  }

  const value = (start: string): number =>
    Number(
      lines
        .find((line) => line.startsWith(start))
        ?.split(' ')
        .at(-1),
    );
  expect(value('driftline_act_to_candidate_seconds_count')).toBe(1);
  const seconds = value('driftline_act_to_candidate_seconds_sum');
  expect(seconds).toBeGreaterThanOrEqual(lateByMs / 1000);
  expect(seconds).toBeLessThan(lateByMs / 1000 + 60);
  expect(value('driftline_act_to_indexed_seconds_count')).toBe(2);
  expect(value('driftline_end_to_end_latency_seconds_count')).toBe(4);
  expect(value('driftline_consumer_lag_seconds{')).toBe(0);
  expect(value('driftline_desired_scope_resources{scope="test/')).toBe(2);
  driftline.kill('SIGTERM');
  expect(await driftline.exited).toBe(0);
});
