import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '../../../../src/adapters/kafka/kafka-error.ts';
import { tokenFrom, type TokenSource } from '../../../../src/adapters/kafka/oauth-token.ts';
import { testAuthority, type CertificateFiles } from '../../../support/certificates.ts';
import { startTokenServer, type TokenServer } from '../../../support/token-server.ts';

type Answer = (response: ServerResponse) => void;

const json =
  (status: number, body: unknown): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

let folder: string;
let ca: Buffer;
let certificate: CertificateFiles;
let server: TokenServer;
let answer: Answer;
let nowMs: number;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-oauth-'));
  const authority = testAuthority(folder);
  ca = readFileSync(authority.caFile);
  certificate = authority.issue('tokens');
});
beforeEach(async () => {
  nowMs = 5_000_000;
  let count = 0;
  // Each token tells how many came before it.
  answer = (response) => {
    count += 1;
    json(200, { access_token: `token-${count}`, token_type: 'Bearer', expires_in: 300 })(response);
  };
  server = await startTokenServer(certificate, (_request, response) => answer(response));
});
afterEach(() => server.close());
afterAll(() => void rmSync(folder, { recursive: true, force: true }));

const tokens = (more: Partial<TokenSource> = {}): (() => Promise<string>) =>
  tokenFrom({
    url: server.url,
    clientId: 'driftline',
    clientSecret: () => 'secret-4711',
    tls: () => ({ ca }),
    now: () => nowMs,
    timeoutMs: 5_000,
    ...more,
  });

const failure = async (token: () => Promise<string>): Promise<KafkaError> => {
  const error: unknown = await token().then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof KafkaError)) throw new Error(`no KafkaError: ${String(error)}`);
  expect(error.code).toBe('kafka_sign_in');
  expect(error.message).not.toContain('secret-4711');
  return error;
};

describe('a token by client credentials', () => {
  it('is asked for with the id and the secret, and the scope where one is set', async () => {
    expect(await tokens({ scope: 'kafka.read kafka.write' })()).toBe('token-1');
    expect(await tokens()()).toBe('token-2');
    const [first, second] = server.requests;
    expect(first?.method).toBe('POST');
    expect(first?.authorization).toBe(
      `Basic ${Buffer.from('driftline:secret-4711').toString('base64')}`,
    );
    expect(Object.fromEntries(first?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'kafka.read kafka.write',
    });
    expect(Object.fromEntries(second?.form ?? [])).toEqual({ grant_type: 'client_credentials' });
  });

  it('encodes what is between the id and the secret and in them', async () => {
    await tokens({ clientId: 'a:b', clientSecret: () => 'c d/ä' })();
    const [, pair = ''] = server.requests[0]?.authorization?.split(' ') ?? [];
    expect(Buffer.from(pair, 'base64').toString()).toBe('a%3Ab:c%20d%2F%C3%A4');
  });

  it('is the same until shortly before its end, and another then', async () => {
    const token = tokens();
    expect([await token(), await token()]).toEqual(['token-1', 'token-1']);
    nowMs += 269_999;
    expect(await token()).toBe('token-1');
    nowMs += 1;
    expect(await token()).toBe('token-2');
    expect(server.requests).toHaveLength(2);
  });

  it('takes the secret of the time at which it is renewed', async () => {
    const secrets = ['old', 'new'];
    const token = tokens({ clientSecret: () => secrets.shift() ?? '' });
    await token();
    nowMs += 300_000;
    await token();
    expect(
      server.requests.map(({ authorization = '' }) =>
        Buffer.from(authorization.slice('Basic '.length), 'base64').toString(),
      ),
    ).toEqual(['driftline:old', 'driftline:new']);
  });

  it.each([
    ['as text', '300', 1],
    ['not at all', undefined, 2],
    ['as nonsense', 'soon', 2],
    ['shorter than the margin', 20, 2],
  ])('whose end is told %s', async (_how, expires_in, requests) => {
    answer = json(200, { access_token: 't', expires_in });
    const token = tokens();
    await token();
    nowMs += 1;
    expect(await token()).toBe('t');
    expect(server.requests).toHaveLength(requests);
  });

  it.each([
    ['an unknown client', 401, { error: 'invalid_client' }, ' answers 401 invalid_client', false],
    ['a wrong scope', 400, { error: 'invalid_scope' }, ' answers 400 invalid_scope', false],
    ['too many requests', 429, '', ' answers 429', true],
    ['a server in trouble', 503, '<html>away</html>', ' answers 503', true],
    ['a redirect', 302, '', ' answers 302', false],
    ['a page', 200, '<html>sign in</html>', ' answers without an access_token', false],
    ['a list', 200, [], ' answers without an access_token', false],
    ['null', 200, 'null', ' answers without an access_token', false],
    ['a number for a token', 200, { access_token: 1 }, ' answers without an access_token', false],
    ['an empty token', 200, { access_token: '' }, ' answers without an access_token', false],
  ])('is not had from %s', async (_what, status, body, said, retriable) => {
    answer = json(status, body);
    const error = await failure(tokens());
    expect(error.message).toContain(`${server.url}${said}`);
    expect(error.retriable).toBe(retriable);
  });

  it('is had again after a failure', async () => {
    const whole = answer;
    answer = json(503, '');
    const token = tokens();
    await failure(token);
    answer = whole;
    expect(await token()).toBe('token-1');
  });

  it.each<[string, Answer]>([
    ['there is no answer', () => undefined],
    ['the answer stops in its body', (response) => void response.writeHead(200).write('{')],
  ])('ends at its time limit where %s', async (_what, never) => {
    answer = never;
    const started = performance.now();
    const error = await failure(tokens({ timeoutMs: 300 }));
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(error.message).toContain('cannot be reached');
    expect(error.retriable).toBe(true);
  });

  it('reads no answer without end', async () => {
    answer = (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    };
    const error = await failure(tokens());
    expect(error.message).toContain('answer too large');
  });

  it.each([
    ['an authority that is not trusted', { tls: () => ({}) }],
    ['plain HTTP, to which no secret is sent', { url: 'http://localhost:1/token' }],
    ['nobody there', { url: 'https://localhost:1/token' }],
  ])('is not had over %s', async (_what, more) => {
    expect((await failure(tokens(more))).message).toContain('cannot be reached');
    expect(server.requests).toEqual([]);
  });
});
