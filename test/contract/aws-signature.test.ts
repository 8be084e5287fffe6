import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkAccess } from '../../src/adapters/opensearch/check-access.ts';
import { createOpenSearchClient } from '../../src/adapters/opensearch/client.ts';

const ACCESS_KEY = 'AKIDEXAMPLE';
const SECRET = 'made-up-for-this-test';

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** All but unreserved characters, as AWS wants it. */
const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * The signature that a request should have, worked out from what has arrived:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
const expectedSignature = (request: IncomingMessage, body: Buffer, service: string): string => {
  const authorization = request.headers.authorization ?? '';
  const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? '';
  const date = String(request.headers['x-amz-date']);
  const url = new URL(request.url ?? '/', 'http://any');
  const query = [...url.searchParams]
    .map((pair) => pair.map(uriEncode).join('='))
    .sort()
    .join('&');
  const headers = signed
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    .join('');
  const canonical = [request.method, url.pathname, query, headers, signed, sha256(body)].join('\n');
  const scope = `${date.slice(0, 8)}/eu-west-1/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${SECRET}`);
  return hmac(key, toSign).toString('hex');
};

const opened: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of opened.splice(0).reverse()) await close();
});

/** Answers as AWS does: 403 with a message where the signature is another one. */
const aws = async (service: 'es' | 'aoss') => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const wanted = expectedSignature(request, Buffer.concat(chunks), service);
      const found = /Signature=(\w+)/.exec(request.headers.authorization ?? '')?.[1];
      const isRight = found === wanted;
      response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' });
      response.end(
        isRight
          ? '{"took":1}'
          : '{"message":"The request signature we calculated does not match the signature you provided."}',
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const transport = createOpenSearchClient({
    nodes: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    aws: { region: 'eu-west-1', service },
    requestTimeoutMs: 10_000,
    maxSockets: 1,
  });
  opened.push(
    () => void server.close(),
    () => transport.close(),
  );
  return transport;
};

describe('requests that are signed for AWS', () => {
  it.each(['es', 'aoss'] as const)('have the signature of %s', async (service) => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCESS_KEY);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
    const transport = await aws(service);
    const search = await transport.request({ method: 'GET', path: '/_cat/indices' });
    expect(search.status).toBe(200);
    const bulk = await transport.request({
      method: 'POST',
      path: '/_bulk',
      query: { filter_path: 'errors,items.*.status' },
      body: Buffer.from('{"create":{"_index":"a"}}\n{"name":"Zürich"}\n'),
      contentType: 'ndjson',
    });
    expect(bulk.body).toEqual({ took: 1 });
    expect(bulk.status).toBe(200);
  });

  it('tell in a typed error that AWS refuses them', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCESS_KEY);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another one');
    const transport = await aws('es');
    await expect(checkAccess(transport, new AbortController().signal)).rejects.toMatchObject({
      code: 'opensearch_forbidden',
      message: expect.stringContaining(
        'The request signature we calculated does not match',
      ) as string,
    });
  });

  it('tell that there are no credentials', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    const transport = await aws('es');
    await expect(transport.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
      code: 'credentials',
      message: expect.stringContaining('No credentials of AWS were found') as string,
    });
  });
});
