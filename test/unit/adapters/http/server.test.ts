import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  startHttpServer,
  type HttpServerOptions,
  type RunningHttpServer,
} from '../../../../src/adapters/http/server.ts';

const opened: RunningHttpServer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close(100)));
});

const ok = { ok: true, reasons: [] };

const start = async (options: Partial<HttpServerOptions> = {}): Promise<string> => {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    live: () => ok,
    ready: () => ok,
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
    ...options,
  });
  opened.push(server);
  return `http://127.0.0.1:${server.port}`;
};

/** What the server sends on a raw connection until it ends it. */
const raw = (url: string, text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });

describe('the HTTP server', () => {
  it.each(['/livez', '/readyz', '/readyz?verbose'])(
    'answers %s with 200 while all is well',
    async (path) => {
      const response = await fetch((await start()) + path);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ status: 'ok', reasons: [] });
    },
  );

  it('answers 503 with the reasons', async () => {
    const reasons = ['desired state is loading', 'not in the group'];
    const url = await start({ ready: () => ({ ok: false, reasons }) });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'unavailable', reasons });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it('serves the metrics with their content type', async () => {
    const response = await fetch(`${await start()}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await response.text()).toBe('up 1\n');
  });

  it('answers 404 to other paths and 405 to other methods', async () => {
    const url = await start();
    expect((await fetch(`${url}/../etc/passwd`)).status).toBe(404);
    const refused = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' });
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(`${await start()}/metrics`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('5');
    expect(await response.text()).toBe('');
  });

  it('answers 500 without the message where the metrics fail', async () => {
    const url = await start({ metrics: () => Promise.reject(new Error('hunter2')) });
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  it('ends a request whose head does not arrive in time', async () => {
    const url = await start({ requestTimeoutMs: 100 });
    expect(await raw(url, 'GET /livez HTTP/1.1\r\nHost:')).toContain('408');
  });

  it('refuses a head that is too large', async () => {
    const head = `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(await start(), head)).toContain('431');
  });

  it('takes no more connections than allowed', async () => {
    const url = await start({ maxConnections: 1 });
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    expect(await raw(url, '')).toBe('');
    idle.destroy();
  });

  it('tells what to do when the port is taken', async () => {
    const url = await start();
    const port = Number(new URL(url).port);
    await expect(start({ port })).rejects.toMatchObject({
      code: 'http_listen_failed',
      message: expect.stringMatching(/EADDRINUSE.*http\.port/),
    });
  });

  it('finishes a request under way when it closes', async () => {
    let finish = (): void => undefined;
    const text = new Promise<string>((resolve) => (finish = () => resolve('late')));
    let asked = (): void => undefined;
    const started = new Promise<void>((resolve) => (asked = resolve));
    const url = await start({
      metrics: async () => {
        asked();
        return { contentType: 'text/plain', text: await text };
      },
    });
    const response = fetch(`${url}/metrics`);
    await started;
    const closed = opened.splice(0)[0]?.close(5_000);
    finish();
    expect(await (await response).text()).toBe('late');
    await closed;
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  it('closes in time though a client keeps its connection', async () => {
    const url = await start({ metrics: () => new Promise(() => undefined) });
    const response = fetch(`${url}/metrics`).catch(() => 'ended');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await opened.splice(0)[0]?.close(50);
    expect(await response).toBe('ended');
  });
});
