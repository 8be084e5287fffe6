import * as api from '@opentelemetry/api';
import * as otlp from '@opentelemetry/exporter-trace-otlp-http';
import * as resources from '@opentelemetry/resources';
import * as sdk from '@opentelemetry/sdk-trace';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  startTracing,
  TracingError,
  type OpenTelemetryPackages,
} from '../../../src/telemetry/start-tracing.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';

const packages: OpenTelemetryPackages = {
  api: async () => api,
  exporter: async () => ({ sdk, resources, otlp }),
};

const missing = async (): Promise<never> =>
  Promise.reject(Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }));

const servers: Server[] = [];
afterEach(() => {
  api.trace.disable();
  api.diag.disable();
  for (const server of servers.splice(0)) server.close();
});

/** A collector that answers with `status`, late if so told, and the bodies that it got. */
const collector = async (
  status = 200,
  delayMs: () => number = () => 0,
): Promise<{ readonly url: string; readonly bodies: readonly string[] }> => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      const type = { 'content-type': 'application/json' };
      setTimeout(() => response.writeHead(status, type).end('{}'), delayMs());
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    bodies,
  };
};

const start = (
  endpoint: string | undefined,
  environment: Readonly<Record<string, string>> = {},
  loaded: OpenTelemetryPackages = packages,
  telemetry = recordedTelemetry(),
) => startTracing({ endpoint, version: '1.2.3', environment, telemetry }, loaded);

const startWithin = (
  closeLimits: { readonly taking: number; readonly silent: number },
  endpoint: string,
) =>
  startTracing(
    { endpoint, version: '1.2.3', environment: {}, telemetry: recordedTelemetry(), closeLimits },
    packages,
  );

const spanOf = (name: string) => ({ name, kind: 'client', attributes: {} }) as const;

describe('startTracing', () => {
  it('posts the spans as the service driftline, the last of them when it is closed', async () => {
    const { url, bodies } = await collector();
    const tracing = await start(url);
    tracing?.tracer.start(spanOf('one')).end();
    await tracing?.close();
    const text = bodies.join();
    expect(bodies).toHaveLength(1);
    expect(text).toContain('"name":"one"');
    expect(text).toContain('{"key":"service.name","value":{"stringValue":"driftline"}}');
    expect(text).toContain('{"key":"service.version","value":{"stringValue":"1.2.3"}}');
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, 0],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1' }, 1],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, 1],
  ])('samples as %o says', async (environment, posts) => {
    const { url, bodies } = await collector();
    const tracing = await start(url, environment);
    tracing?.tracer.start(spanOf('one')).end();
    await tracing?.close();
    expect(bodies).toHaveLength(posts);
  });

  it('tells of a sampler that is not known, and takes all spans', async () => {
    const { url, bodies } = await collector();
    const telemetry = recordedTelemetry();
    const tracing = await start(url, { OTEL_TRACES_SAMPLER: 'jaeger_remote' }, packages, telemetry);
    tracing?.tracer.start(spanOf('one')).end();
    await tracing?.close();
    expect(bodies).toHaveLength(1);
    expect(telemetry.of('client.logged').map(({ message }) => message)).toEqual([
      'OTEL_TRACES_SAMPLER is not known: parentbased_always_on is taken.',
    ]);
  });

  it('tells that spans are lost where the collector refuses them, and goes on', async () => {
    const { url } = await collector(400);
    const telemetry = recordedTelemetry();
    const tracing = await start(url, {}, packages, telemetry);
    tracing?.tracer.start(spanOf('one')).end();
    await tracing?.close();
    expect(telemetry.of('client.logged')).toContainEqual(
      expect.objectContaining({
        client: 'opentelemetry',
        severity: 'warn',
        message: expect.stringContaining('The last spans are lost') as unknown,
      }),
    );
  });

  it('ends soon where the collector is away', async () => {
    const endpoint = 'http://127.0.0.1:1/v1/traces';
    const tracing = await startWithin({ taking: 10_000, silent: 50 }, endpoint);
    tracing?.tracer.start(spanOf('one')).end();
    const before = performance.now();
    await tracing?.close();
    expect(performance.now() - before).toBeLessThan(1_500);
  });

  it('waits longer for a collector that is slow, but took what was sent before', async () => {
    const slowMs = 300;
    let delayMs = 0;
    const { url, bodies } = await collector(200, () => delayMs);
    const tracing = await startWithin({ taking: 10_000, silent: 50 }, url);
    // A full batch, which is sent at once.
    for (let i = 0; i < 512; i += 1) tracing?.tracer.start(spanOf('early')).end();
    await expect.poll(() => bodies.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    delayMs = slowMs;
    tracing?.tracer.start(spanOf('last')).end();
    const before = performance.now();
    await tracing?.close();
    expect(performance.now() - before).toBeGreaterThan(slowMs - 10);
    expect(bodies.join()).toContain('"name":"last"');
  });

  it('loads nothing where OTEL_SDK_DISABLED is true', async () => {
    const none = { api: missing, exporter: missing };
    expect(await start(undefined, { OTEL_SDK_DISABLED: 'true' }, none)).toBeUndefined();
  });

  it('says which packages are missing, and how they are installed', async () => {
    const refused = start(undefined, {}, { ...packages, exporter: missing });
    await expect(refused).rejects.toThrow(TracingError);
    await expect(start(undefined, {}, { ...packages, api: missing })).rejects.toThrow(
      /npm install @opentelemetry\/api @opentelemetry\/sdk-trace/,
    );
  });

  it('uses a tracer provider that the process has registered, and needs no exporter then', async () => {
    const exporter = new sdk.InMemorySpanExporter();
    api.trace.setGlobalTracerProvider(
      new sdk.TracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor({ exporter })] }),
    );
    const tracing = await start(undefined, {}, { ...packages, exporter: missing });
    tracing?.tracer.start(spanOf('one')).end();
    await tracing?.close();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['one']);
  });
});
