import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment } from '../../support/deployment.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';

it('takes back a state that was published under a wrong environment', async () => {
  const { settings } = await createDeployment(inject('stack'));
  const folder = mkdtempSync(join(tmpdir(), 'driftline-withdraw-'));
  try {
    const state = join(folder, 'a.tfstate');
    writeFileSync(state, securityGroupState(3));
    const desired = (...args: readonly string[]) =>
      runDriftlineCommand(['desired', ...args, ...settings]);
    const first = await desired('publish', state, '--env', 'staging');
    expect(first.stderr).not.toContain('of another environment');
    const [scope = ''] = first.stdout.split(' ');
    const second = await desired('publish', state, '--env', 'prod');
    expect(second.stderr).toContain(`are published as ${scope}, too, of another environment`);

    expect(await desired('withdraw', scope)).toMatchObject({
      code: 0,
      stdout: `${scope}: 3 removed`,
    });
    const stats = await desired('stats');
    expect(stats.stdout).not.toContain(scope);
    expect(stats.stdout).toContain('3 resources in 1 scopes');
    const again = await desired('publish', state, '--env', 'prod');
    expect(again.stderr).not.toContain('of another environment');
    expect((await desired('withdraw', scope)).code).toBe(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
