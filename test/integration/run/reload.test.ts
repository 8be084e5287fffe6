import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { ingressEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { startDriftline } from '../../support/driftline-process.ts';

let deployment: Deployment | undefined;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-reload-'));
});
afterEach(async () => {
  await deployment?.end();
  rmSync(folder, { recursive: true });
});

const byTerraform = (id: string): string =>
  JSON.stringify({
    ...(JSON.parse(ingressEvent(id, 0)) as object),
    userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0',
  });

it.each(['--config', 'DRIFTLINE_CONFIG_FILE'])(
  'takes another log level and other trusted principals while it runs, and keeps them where the file that %s names has faults',
  async (way) => {
    deployment = await createDeployment(inject('stack'));
    await deployment.publishState(securityGroupState(1));
    const file = join(folder, 'driftline.yaml');
    const write = (level: string, principals: string): void =>
      writeFileSync(
        file,
        `log: { level: ${level} }\ndetection: { trustedPrincipals: ${principals} }\n`,
      );
    write('info', '[]');
    // A flag would win over the file.
    const settings = deployment.settings.flatMap((word, position, all) =>
      position % 2 === 1 && !word.startsWith('log.level=') ? [all[position - 1]!, word] : [],
    );
    const driftline =
      way === '--config'
        ? startDriftline(['run', ...settings, way, file])
        : startDriftline(['run', ...settings], { variables: { [way]: file } });
    await driftline.event('service.started');
    const outcomes = async (): Promise<readonly unknown[]> =>
      (await deployment!.auditDocuments())
        .map(({ _id: id, _source: source }) => [
          id,
          (source['driftline'] as { readonly outcome: string }).outcome,
        ])
        .sort()
        .map(([, outcome]) => outcome);

    await deployment.produce([byTerraform('r-1')]);
    await deployment.caughtUp();
    expect(driftline.lines.some(({ event }) => event === 'unit.finished')).toBe(false);

    write('debug', '["arn:aws:iam::*:user/mallory"]');
    expect(await driftline.event('config.reloaded')).toMatchObject({
      file,
      taken: ['detection.trustedPrincipals', 'log.level'],
      needRestart: [],
    });
    writeFileSync(file, 'log: { level: debug');
    expect(await driftline.event('config.refused')).toMatchObject({
      message: expect.stringContaining('is not YAML: line 1'),
    });
    await deployment.produce([byTerraform('r-2')]);
    await deployment.caughtUp();
    await driftline.event('unit.finished');
    expect(await outcomes()).toEqual(['candidate', 'iac']);
    driftline.kill('SIGTERM');
    expect(await driftline.exited).toBe(0);
  },
);
