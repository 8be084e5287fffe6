import { afterEach, describe, expect, it } from 'vitest';
import { createOpenSearchClient } from '../../../../src/adapters/opensearch/client.ts';
import { answer, scriptedOpenSearch, type Step } from '../../../support/scripted-opensearch.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const against = async (options: object, ...steps: readonly [Step, ...Step[]]) => {
  const server = await scriptedOpenSearch(...steps);
  const transport = createOpenSearchClient({
    nodes: [server.url],
    requestTimeoutMs: 300,
    maxSockets: 2,
    ...options,
  });
  opened.push(server.close, transport.close);
  return { server, transport };
};

const get = { method: 'GET', path: '/' } as const;
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('the OpenSearch client', () => {
  it('sends the user name and password, and none where none is set', async () => {
    const withUser = await against({ username: 'u', password: () => 'p:ä' }, answer(200, {}));
    await withUser.transport.request(get);
    expect(withUser.server.requests[0]?.headers.authorization).toBe(basic('u:p:ä'));
    const without = await against({}, answer(200, {}));
    await without.transport.request(get);
    expect(without.server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('asks for the password at each request', async () => {
    const passwords = ['old', 'old', 'new'];
    const options = { username: 'u', password: () => passwords.shift() };
    const { server, transport } = await against(options, answer(401, ''), answer(200, {}));
    expect((await transport.request(get)).status).toBe(401);
    expect((await transport.request(get)).status).toBe(200);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      basic('u:old'),
      basic('u:new'),
    ]);
  });

  it('tries once, also on 503', async () => {
    const { server, transport } = await against({}, answer(503, {}));
    expect(await transport.request(get)).toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    const other = await scriptedOpenSearch(answer(200, {}));
    opened.push(other.close);
    const { transport } = await against({}, answer(307, '', { location: `${other.url}/` }));
    expect(await transport.request(get)).toMatchObject({ status: 307 });
    expect(other.requests).toEqual([]);
  });

  it.each([
    ['seconds', '3', 3],
    ['a date that is past', 'Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['nonsense', 'soon', undefined],
  ])('reads Retry-After as %s', async (_name, header, seconds) => {
    const { transport } = await against({}, answer(429, {}, { 'retry-after': header }));
    expect((await transport.request(get)).retryAfterSeconds).toBe(seconds);
  });

  it('ends an answer that stops in its body at the time-out', async () => {
    const { transport } = await against({}, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    });
    await expect(transport.request(get)).rejects.toMatchObject({
      code: 'timeout',
      retriable: true,
    });
  });

  it('ends with the reason of the signal as soon as that is aborted', async () => {
    const { transport } = await against({ requestTimeoutMs: 60_000 }, () => undefined);
    const stop = new AbortController();
    const pending = transport.request(get, stop.signal);
    setTimeout(() => stop.abort(new Error('shutdown')), 20);
    await expect(pending).rejects.toThrow('shutdown');
  });

  it('tells nothing of a body that is not JSON', async () => {
    const { transport } = await against({}, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"password":"hunter2"');
    });
    const error: unknown = await transport.request(get).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'garbled' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
  });
});
