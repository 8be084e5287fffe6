import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStateSource } from '../../../src/adapters/state-sources/state-source.ts';
import { startServer, type FakeServer } from '../../support/emulators/fake-server.ts';
import { pollSource } from '../../support/poll-source.ts';

describe('the HTTP backend of Terraform', () => {
  let server: FakeServer;
  let state: string | Buffer | undefined;
  let etags: boolean;
  const basic = `Basic ${Buffer.from('drift:p@ss').toString('base64')}`;

  beforeEach(async () => {
    state = '{"version":4}';
    etags = false;
    server = await startServer((request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/moved')) {
        response.writeHead(302, { location: path.replace('/moved', '/state') }).end();
      } else if (path.startsWith('/away')) {
        const other = request.headers.host?.replace('127.0.0.1', 'localhost') ?? '';
        response.writeHead(302, { location: `http://${other}/seen` }).end();
      } else if (path === '/seen') {
        response.end(request.headers.authorization ?? 'no credentials');
      } else if (path === '/silent') {
        // Never answers.
      } else if (path === '/stuck') {
        response.write('{"version":');
      } else if (path === '/broken') {
        response.writeHead(503).end('secret words');
      } else if (request.headers.authorization !== basic) {
        response.writeHead(401).end();
      } else if (state === undefined) {
        response.writeHead(204).end();
      } else if (etags && request.headers['if-none-match'] === '"1"') {
        response.writeHead(304).end();
      } else {
        response.writeHead(200, etags ? { etag: '"1"' } : {}).end(state);
      }
    });
  });
  afterEach(() => server.stop());

  const look = (
    path: string,
    known?: ReadonlyMap<string, string>,
    env: NodeJS.ProcessEnv = { TF_HTTP_USERNAME: 'drift', TF_HTTP_PASSWORD: 'p@ss' },
  ) =>
    pollSource(
      createStateSource(`${server.address}${path}`, {
        env,
        home: '/nonexistent',
        maxBytes: 1_000,
        timeoutMs: 300,
      }),
      known,
    );

  it('reads the state with GET and takes no lock', async () => {
    expect((await look('/state/prod')).lines).toEqual([
      `${server.address}/state/prod={"version":4}`,
    ]);
    expect(server.requests).toEqual(['GET /state/prod']);
  });

  it('takes credentials from the address and names the state without them and without its query', async () => {
    const location = `${server.address.replace('://', '://drift:p%40ss@')}/state?sig=secret`;
    const source = createStateSource(location, { env: {}, maxBytes: 1e8, home: '/nonexistent' });
    const { lines } = await pollSource(source);
    expect(lines).toEqual([`${server.address}/state={"version":4}`]);
    expect(source.name).toBe(`${server.address}/state`);
    expect(server.requests).toEqual(['GET /state?sig=secret']);
  });

  it('gives the credentials of TF_HTTP_ADDRESS to no other server', async () => {
    const env = {
      TF_HTTP_ADDRESS: 'https://terraform.example/state',
      TF_HTTP_USERNAME: 'drift',
      TF_HTTP_PASSWORD: 'p@ss',
    };
    expect((await look('/state', undefined, env)).lines).toEqual([
      `${server.address}/state: refused`,
    ]);
  });

  it('follows a redirect, and takes the credentials to no other host', async () => {
    expect((await look('/moved')).lines).toEqual([`${server.address}/moved={"version":4}`]);
    expect((await look('/away')).lines).toEqual([`${server.address}/away=no credentials`]);
  });

  it('tells an unchanged state by its ETag, or by its content', async () => {
    const first = await look('/state');
    expect((await look('/state', first.known)).lines).toEqual([
      `${server.address}/state unchanged`,
    ]);
    state = '{"version":5}';
    expect((await look('/state', first.known)).lines).toEqual([
      `${server.address}/state={"version":5}`,
    ]);
    etags = true;
    const tagged = await look('/state');
    expect((await look('/state', tagged.known)).lines).toEqual([
      `${server.address}/state unchanged`,
    ]);
  });

  it('decompresses gzip', async () => {
    state = gzipSync('{}');
    expect((await look('/state')).lines).toEqual([`${server.address}/state={}`]);
  });

  it('says what is wrong: no state, refused, not available, too large, no answer, half an answer', async () => {
    state = undefined;
    expect((await look('/state')).lines).toEqual([`${server.address}/state: not_found`]);
    expect((await look('/state', undefined, {})).lines).toEqual([
      `${server.address}/state: refused`,
    ]);
    const broken = await look('/broken');
    expect(broken.lines).toEqual([`${server.address}/broken: unavailable`]);
    expect(JSON.stringify(broken.polls)).not.toContain('secret words');
    state = 'x'.repeat(1_001);
    expect((await look('/state')).lines).toEqual([`${server.address}/state: too_large`]);
    expect((await look('/silent')).lines).toEqual([`${server.address}/silent: unavailable`]);
    expect((await look('/stuck')).lines).toEqual([`${server.address}/stuck: unavailable`]);
    await server.stop();
    expect((await look('/state')).lines).toEqual([`${server.address}/state: unavailable`]);
  });

  it('ends while it waits for an answer', async () => {
    const source = createStateSource(`${server.address}/silent`, {
      env: {},
      home: '/nonexistent',
      maxBytes: 1_000,
      timeoutMs: 60_000,
    });
    const stop = new AbortController();
    const polling = pollSource(source, new Map(), stop.signal);
    await Promise.all([
      expect(polling).rejects.toThrow('SIGTERM'),
      delay(50).then(() => stop.abort(new Error('SIGTERM'))),
    ]);
  });
});
