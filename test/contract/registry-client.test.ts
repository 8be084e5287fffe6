import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSchemaRegistryClient } from '../../src/adapters/schema-registry/schema-registry-client.ts';
import type { SchemaRegistryOptions } from '../../src/adapters/schema-registry/schema-registry-client.ts';

/** From PATH: Node itself makes no certificates. */
const OPENSSL = 'openssl';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const json =
  (status: number, body: unknown): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };

let server: Server;
let handler: Handler;
let seen: { readonly request: IncomingMessage; readonly body: string }[];
let time: number;

const client = (options: Partial<SchemaRegistryOptions> = {}) =>
  createSchemaRegistryClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`,
    timeoutMs: 2_000,
    now: () => time,
    ...options,
  });

beforeEach(async () => {
  seen = [];
  time = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ request, body });
      handler(request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('a schema by its id', () => {
  it('is fetched once, also when asked for at the same time', async () => {
    handler = json(200, { schema: '"string"' });
    const registry = client();
    const both = await Promise.all([registry.schemaById(5), registry.schemaById(5)]);
    expect(both[0]).toEqual({ schema: '"string"', schemaType: 'AVRO', hasReferences: false });
    await registry.schemaById(5);
    expect(seen.map(({ request }) => request.url)).toEqual(['/base/schemas/ids/5']);
  });

  it('tells another type and references', async () => {
    handler = json(200, { schema: '{}', schemaType: 'JSON', references: [{ name: 'a' }] });
    await expect(client().schemaById(5)).resolves.toMatchObject({
      schemaType: 'JSON',
      hasReferences: true,
    });
  });

  it('that is unknown is not asked for again before its time', async () => {
    handler = json(404, { error_code: 40403 });
    const registry = client({ unknownMs: 100 });
    await expect(registry.schemaById(6)).resolves.toBeUndefined();
    await expect(registry.schemaById(6)).resolves.toBeUndefined();
    expect(seen).toHaveLength(1);
    time = 101;
    handler = json(200, { schema: '"int"' });
    await expect(registry.schemaById(6)).resolves.toMatchObject({ schema: '"int"' });
  });

  it('is forgotten beyond the bound of the cache', async () => {
    handler = json(200, { schema: '"int"' });
    const registry = client({ maxCached: 2 });
    for (const id of [1, 2, 3, 3, 1]) await registry.schemaById(id);
    expect(seen).toHaveLength(4);
  });
});

describe('a registration', () => {
  it('gives the id, and sends credentials and the schema', async () => {
    handler = json(200, { id: 12 });
    const registry = client({ credentials: () => ({ username: 'u', password: 'p' }) });
    await expect(registry.register('a/b-value', '"int"')).resolves.toBe(12);
    const [sent] = seen;
    expect(sent?.request.url).toBe('/base/subjects/a%2Fb-value/versions');
    expect(sent?.request.headers.authorization).toBe('Basic dTpw');
    expect(JSON.parse(sent?.body ?? '')).toEqual({ schema: '"int"' });
  });

  it('sends a bearer token, as it is then', async () => {
    handler = json(200, { id: 12 });
    const tokens = ['t', 'u'];
    const registry = client({ credentials: () => ({ bearerToken: tokens.shift() ?? '' }) });
    await registry.register('s', '"int"');
    await registry.register('s', '"long"');
    expect(seen.map(({ request }) => request.headers.authorization)).toEqual([
      'Bearer t',
      'Bearer u',
    ]);
  });
});

describe('a schema under a subject', () => {
  it('is looked up without being registered', async () => {
    handler = json(200, { subject: 'a/b-value', version: 3, id: 12 });
    await expect(client().find('a/b-value', '"int"')).resolves.toBe(12);
    const [sent] = seen;
    expect(sent?.request.url).toBe('/base/subjects/a%2Fb-value');
    expect(JSON.parse(sent?.body ?? '')).toEqual({ schema: '"int"' });
  });

  it.each([
    ['the subject', 40401],
    ['the schema', 40403],
  ])('is not there where the registry does not know %s', async (_what, code) => {
    handler = json(404, { error_code: code });
    await expect(client().find('s', '"int"')).resolves.toBeUndefined();
  });
});

describe('a registry with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-tls-'));
  const file = (name: string): string => join(folder, name);
  let secure: SecureServer;

  beforeAll(async () => {
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
    execFileSync(OPENSSL, [...request, ...names, ...files], { stdio: 'ignore' });
    const certificate = {
      key: readFileSync(file('key.pem')),
      cert: readFileSync(file('cert.pem')),
    };
    secure = createSecureServer(certificate, (_request, response) =>
      response.end(JSON.stringify({ schema: '"int"' })),
    );
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
  });
  afterAll(async () => {
    secure.closeAllConnections();
    secure.close();
    await once(secure, 'close');
    rmSync(folder, { recursive: true });
  });

  it('is trusted by the authorities that are given, and by no others', async () => {
    const url = `https://localhost:${(secure.address() as AddressInfo).port}`;
    const ca = readFileSync(file('cert.pem'));
    await expect(client({ url, tls: () => ({ ca }) }).schemaById(1)).resolves.toMatchObject({
      schema: '"int"',
    });
    await expect(client({ url }).schemaById(1)).rejects.toMatchObject({
      code: 'schema_registry_certificate',
    });
  });
});

describe('a registry that cannot answer', () => {
  it.each([
    ['is not available', json(503, {}), 'schema_registry_unavailable', true],
    ['asks to slow down', json(429, {}), 'schema_registry_unavailable', true],
    ['refuses the credentials', json(401, {}), 'schema_registry_refused', false],
    ['does not take the schema', json(409, {}), 'schema_registry_incompatible', false],
    ['is none: 404 without its code', json(404, {}), 'schema_registry_answer', false],
    ['answers without what was asked', json(200, {}), 'schema_registry_answer', false],
    ['answers an array', json(200, []), 'schema_registry_answer', false],
  ])('%s', async (_name, answer, code, retriable) => {
    handler = answer;
    await expect(client().schemaById(1)).rejects.toMatchObject({ code, retriable });
    await expect(client().register('s', '"int"')).rejects.toMatchObject({ code, retriable });
  });

  it('is asked again after a failure', async () => {
    const registry = client();
    handler = json(503, {});
    await expect(registry.schemaById(1)).rejects.toThrow('not available');
    handler = json(200, { schema: '"int"' });
    await expect(registry.schemaById(1)).resolves.toMatchObject({ schema: '"int"' });
  });

  it('redirects: it is not followed', async () => {
    handler = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    await expect(client().schemaById(1)).rejects.toMatchObject({ retriable: false });
    expect(seen).toHaveLength(1);
  });

  it('does not answer in time', async () => {
    handler = () => undefined;
    const slow = client({ timeoutMs: 50 }).schemaById(1);
    await expect(slow).rejects.toMatchObject({ code: 'schema_registry_unreachable' });
  });

  it('answers without end', async () => {
    handler = (_request, response) => response.end('x'.repeat(2 * 1024 * 1024));
    await expect(client().schemaById(1)).rejects.toThrow('larger than 1 MiB');
  });
});

describe('the address', () => {
  it.each(['registry:8081', 'file:///etc/passwd', 'http://user:secret@registry'])(
    '%s is refused, without showing it',
    (url) => {
      expect(() => client({ url })).toThrow(TypeError);
      expect(() => client({ url })).not.toThrow(/secret/);
    },
  );
});
