import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStateSource } from '../../../src/adapters/state-sources/state-source.ts';
import {
  startTerraformCloud,
  type FakeTerraformCloud,
  type FakeWorkspace,
} from '../../support/emulators/terraform-cloud.ts';
import { pollSource } from '../../support/poll-source.ts';

describe('HCP Terraform', () => {
  const token = 'token-of-the-test';
  let workspaces: FakeWorkspace[];
  let cloud: FakeTerraformCloud;

  beforeEach(async () => {
    workspaces = [
      { name: 'app-prod', tags: ['prod', 'app'], state: { serial: 3, content: 'AP' } },
      { name: 'app-dev', tags: ['app'], state: { serial: 1, content: 'AD' } },
      { name: 'app-new', tags: ['app'] },
      { name: 'net-prod', tags: ['prod'], state: { serial: 9, content: 'NP' } },
    ];
    cloud = await startTerraformCloud(token, () => workspaces);
  });
  afterEach(() => cloud.stop());

  const look = (
    location: string,
    known?: ReadonlyMap<string, string>,
    env: NodeJS.ProcessEnv = { TFE_TOKEN: token },
    home = '/nonexistent',
  ) =>
    pollSource(
      createStateSource(location, {
        maxBytes: 1e8,
        env: { TFE_ADDRESS: cloud.address, ...env },
        home,
        timeoutMs: 5_000,
      }),
      known,
    );

  it('reads the current state of a workspace, and sends the token to the API alone', async () => {
    expect((await look('tfc://acme/app-prod')).lines).toEqual(['tfc://acme/app-prod=AP']);
    expect(cloud.leakedTokens).toEqual([]);
  });

  it('reads all workspaces, over all pages, those without a state left out', async () => {
    expect((await look('tfc://acme')).lines).toEqual([
      'tfc://acme/app-prod=AP',
      'tfc://acme/app-dev=AD',
      'tfc://acme/net-prod=NP',
    ]);
  });

  it('reads workspaces by a glob of their name and by tags', async () => {
    expect((await look('tfc://acme/*-prod')).lines).toEqual([
      'tfc://acme/app-prod=AP',
      'tfc://acme/net-prod=NP',
    ]);
    expect((await look('tfc://acme/?tags=prod,app')).lines).toEqual(['tfc://acme/app-prod=AP']);
  });

  it('fetches again only a workspace with a new state version', async () => {
    const first = await look('tfc://acme/*-prod');
    workspaces[3] = { name: 'net-prod', tags: ['prod'], state: { serial: 10, content: 'NP2' } };
    const before = cloud.requests.length;
    expect((await look('tfc://acme/*-prod', first.known)).lines).toEqual([
      'tfc://acme/app-prod unchanged',
      'tfc://acme/net-prod=NP2',
    ]);
    expect(cloud.requests.slice(before).filter((each) => each.includes('current-state'))).toEqual([
      'GET /api/v2/workspaces/ws-net-prod/current-state-version',
    ]);
  });

  it('says that there is no such workspace, organization or match', async () => {
    expect((await look('tfc://acme/absent')).lines).toEqual(['tfc://acme/absent: not_found']);
    expect((await look('tfc://acme/app-new')).lines).toEqual(['tfc://acme/app-new: not_found']);
    expect((await look('tfc://other/*')).lines).toEqual(['tfc://other/*: not_found']);
    expect((await look('tfc://acme/zz*')).lines).toEqual(['tfc://acme/zz*: no_match']);
  });

  it('refuses to go on without a token, and says which variable to set', async () => {
    const { polls } = await look('tfc://acme/app-prod', undefined, {});
    expect(polls).toMatchObject([{ reason: 'refused' }]);
    expect(JSON.stringify(polls)).toContain('TF_TOKEN_127_0_0_1');
    expect(cloud.requests).toEqual([]);
  });

  it('never tells the token that is refused', async () => {
    const { polls } = await look('tfc://acme/app-prod', undefined, { TFE_TOKEN: 'wrong-token' });
    expect(polls).toMatchObject([{ reason: 'refused' }]);
    expect(JSON.stringify(polls)).not.toContain('wrong-token');
  });

  it('prefers the token of the host, and finds the one of terraform login', async () => {
    const env = { TF_TOKEN_127_0_0_1: token, TFE_TOKEN: 'wrong' };
    expect((await look('tfc://acme/app-dev', undefined, env)).lines).toEqual([
      'tfc://acme/app-dev=AD',
    ]);
    const home = await mkdtemp(join(tmpdir(), 'driftline-home-'));
    try {
      await mkdir(join(home, '.terraform.d'));
      await writeFile(
        join(home, '.terraform.d', 'credentials.tfrc.json'),
        JSON.stringify({ credentials: { [new URL(cloud.address).host]: { token } } }),
      );
      expect((await look('tfc://acme/app-dev', undefined, {}, home)).lines).toEqual([
        'tfc://acme/app-dev=AD',
      ]);
    } finally {
      await rm(home, { recursive: true });
    }
  });

  it('speaks with a Terraform Enterprise of its own', async () => {
    const host = new URL(cloud.address).host;
    expect((await look(`tfe://${host}/acme/app-dev`)).lines).toEqual([
      `tfe://${host}/acme/app-dev=AD`,
    ]);
  });
});
