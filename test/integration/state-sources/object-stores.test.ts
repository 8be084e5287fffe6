import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStateSource } from '../../../src/adapters/state-sources/state-source.ts';
import {
  startAzure,
  startGcs,
  startS3,
  type RunningStore,
} from '../../support/emulators/object-stores.ts';
import { pollSource } from '../../support/poll-source.ts';

interface Started {
  readonly store: RunningStore | undefined;
}

/** Without a network there is no emulator: its tests skip, and say so. */
const started = async (name: string, start: () => Promise<RunningStore>): Promise<Started> => {
  try {
    return { store: await start() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`skipped: no emulator of ${name}: ${why.slice(0, 500)}\n`);
    return { store: undefined };
  }
};

const [s3, gcs, azure] = await Promise.all([
  started('S3 (moto)', startS3),
  started('Google Cloud Storage', startGcs),
  started('Azure Blob Storage (Azurite)', startAzure),
]);

const before = { ...process.env };
beforeAll(() => {
  for (const { store } of [s3, gcs, azure]) Object.assign(process.env, store?.env);
});
afterAll(async () => {
  process.env = before;
  await Promise.all([s3, gcs, azure].map(async ({ store }) => store?.stop()));
});

const sourceOf = (location: string, env: NodeJS.ProcessEnv = process.env, maxBytes = 10_000) =>
  createStateSource(location, { env, home: '/nonexistent', maxBytes, timeoutMs: 20_000 });

const look = (location: string, known?: ReadonlyMap<string, string>) =>
  pollSource(sourceOf(location), known);

describe.each([
  { name: 'S3', started: s3 },
  { name: 'Google Cloud Storage', started: gcs },
  { name: 'Azure Blob Storage', started: azure },
])('states in $name', ({ started: { store } }) => {
  const it_ = it.skipIf(store === undefined);
  const base = store?.base ?? '';
  const put = async (objects: Readonly<Record<string, string | Buffer>>): Promise<void> => {
    for (const [key, content] of Object.entries(objects)) await store?.put(key, content);
  };

  beforeAll(() =>
    put({
      'net/prod.tfstate': 'P',
      'net/staging.tfstate.gz': gzipSync('S'),
      'net/prod.tfstate.backup': 'old',
      'net/deep/dev.tfstate': 'D',
      'network/other.tfstate': 'O',
      'env:/blue/app.tfstate': 'B',
      'no-suffix': 'N',
    }),
  );

  it_('reads one key, whatever its name', async () => {
    expect((await look(`${base}no-suffix`)).lines).toEqual([`${base}no-suffix=N`]);
    expect((await look(`${base}env:/blue/app.tfstate`)).lines).toEqual([
      `${base}env:/blue/app.tfstate=B`,
    ]);
  });

  it_('reads all states below a prefix, with or without its slash, decompressed', async () => {
    const all = [
      `${base}net/deep/dev.tfstate=D`,
      `${base}net/prod.tfstate=P`,
      `${base}net/staging.tfstate.gz=S`,
    ];
    expect((await look(`${base}net/`)).lines).toEqual(all);
    expect((await look(`${base}net`)).lines).toEqual(all);
  });

  it_('reads what a glob matches', async () => {
    expect((await look(`${base}net*/p*.tfstate`)).lines).toEqual([`${base}net/prod.tfstate=P`]);
    expect((await look(`${base}env:/*/app.tfstate`)).lines).toEqual([
      `${base}env:/blue/app.tfstate=B`,
    ]);
  });

  it_('fetches again only what has changed', async () => {
    await put({ 'watched/a.tfstate': 'A1', 'watched/b.tfstate': 'B1' });
    const first = await look(`${base}watched/`);
    expect((await look(`${base}watched/`, first.known)).lines).toEqual([
      `${base}watched/a.tfstate unchanged`,
      `${base}watched/b.tfstate unchanged`,
    ]);
    await put({ 'watched/b.tfstate': 'B2' });
    expect((await look(`${base}watched/`, first.known)).lines).toEqual([
      `${base}watched/a.tfstate unchanged`,
      `${base}watched/b.tfstate=B2`,
    ]);
  });

  it_('asks for a single key on condition that it has changed', async () => {
    await put({ 'single.tfstate': '1' });
    const first = await look(`${base}single.tfstate`);
    const second = await look(`${base}single.tfstate`, first.known);
    expect(second.lines).toEqual([`${base}single.tfstate unchanged`]);
    await put({ 'single.tfstate': '2' });
    expect((await look(`${base}single.tfstate`, second.known)).lines).toEqual([
      `${base}single.tfstate=2`,
    ]);
  });

  it_('says that there is no such key, no match, no such bucket', async () => {
    expect((await look(`${base}absent.tfstate`)).lines).toEqual([
      `${base}absent.tfstate: not_found`,
    ]);
    expect((await look(`${base}absent/`)).lines).toEqual([`${base}absent/: no_match`]);
    const elsewhere = base.replace('states', 'no-such-place');
    expect((await look(`${elsewhere}a.tfstate`)).lines).toEqual([
      `${elsewhere}a.tfstate: not_found`,
    ]);
  });

  it_('refuses what is larger than the limit, before and after decompression', async () => {
    await put({
      'large/a.tfstate': 'x'.repeat(10_001),
      'large/b.tfstate.gz': gzipSync('x'.repeat(10_001)),
      'large/c.tfstate': 'x'.repeat(10_000),
      'large/d.tfstate.gz': gzipSync('x').subarray(0, 12),
    });
    const { polls } = await look(`${base}large/`);
    expect(polls.map((polled) => (polled.ok ? 'read' : polled.reason))).toEqual([
      'too_large',
      'too_large',
      'read',
      'not_gzip',
    ]);
  });

  it_('reads more objects than one page of a listing has', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e'].map((name) => `pages/${name}.tfstate`);
    for (const key of keys) await store?.put(key, 'm');
    const source = createStateSource(`${base}pages/`, {
      env: process.env,
      home: '/nonexistent',
      maxBytes: 1e8,
      pageSize: 2,
    });
    const { lines } = await pollSource(source);
    expect(lines).toEqual(keys.map((key) => `${base}${key}=m`));
  });

  it_('ends at once when it is asked to', async () => {
    const stop = new AbortController();
    stop.abort(new Error('SIGTERM'));
    await expect(pollSource(sourceOf(`${base}net/`), new Map(), stop.signal)).rejects.toThrow(
      'SIGTERM',
    );
  });
});

describe.skipIf(azure.store === undefined)('credentials of Azure Blob Storage', () => {
  const connection = azure.store?.env['AZURE_STORAGE_CONNECTION_STRING'] ?? '';
  const part = (name: string): string => new RegExp(`${name}=([^;]+)`).exec(connection)?.[1] ?? '';
  const endpoint = { AZURE_STORAGE_SERVICE_ENDPOINT: part('BlobEndpoint') };

  it('takes the access key that Terraform takes', async () => {
    const env = { ...endpoint, ARM_ACCESS_KEY: part('AccountKey') };
    const { lines } = await pollSource(sourceOf('azblob://devstoreaccount1/states/no-suffix', env));
    expect(lines).toEqual(['azblob://devstoreaccount1/states/no-suffix=N']);
  });

  it('says that a key is refused, without telling it', async () => {
    const env = { ...endpoint, ARM_ACCESS_KEY: Buffer.from('wrong key').toString('base64') };
    const { polls } = await pollSource(sourceOf('azblob://devstoreaccount1/states/no-suffix', env));
    expect(polls).toMatchObject([{ ok: false, reason: 'refused' }]);
    expect(JSON.stringify(polls)).not.toContain(env.ARM_ACCESS_KEY);
  });

  it('does not use the connection string of another account', async () => {
    const other = connection.replace('AccountName=devstoreaccount1', 'AccountName=other');
    const env = {
      ...endpoint,
      AZURE_STORAGE_CONNECTION_STRING: other,
      AZURE_STORAGE_KEY: part('AccountKey'),
    };
    const { lines } = await pollSource(sourceOf('azblob://devstoreaccount1/states/no-suffix', env));
    expect(lines).toEqual(['azblob://devstoreaccount1/states/no-suffix=N']);
  });

  it('reads a key of the azurerm backend with its workspaces', async () => {
    await azure.store?.put('app.tfstate', 'default');
    await azure.store?.put('app.tfstateenv:blue', 'blue');
    await azure.store?.put('app.tfstate2', 'another');
    const base = 'azurerm://devstoreaccount1/states/';
    expect((await look(`${base}app.tfstate`)).lines).toEqual([
      `${base}app.tfstate=default`,
      `${base}app.tfstateenv:blue=blue`,
    ]);
  });
});
