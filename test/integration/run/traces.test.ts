import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import kafkajs from 'kafkajs';
import { afterEach, expect, inject, it } from 'vitest';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { readCommitted } from '../../support/kafka-reader.ts';

const PRODUCER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Takes spans as a collector does, by OTLP over HTTP. */
const startCollector = async () => {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export;
      for (const { scopeSpans } of resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1/traces`, spans };
};

const produceWith = async (
  deployment: Deployment,
  messages: readonly { readonly value: string; readonly headers?: Record<string, string> }[],
): Promise<void> => {
  const producer = deployment.kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  await producer.send({ topic: deployment.topics.audit, messages: [...messages] });
  await producer.disconnect();
};

it("sends the spans of units, and continues the producer's trace in the candidate's headers", async () => {
  const collector = await startCollector();
  const deployment = await createDeployment(inject('stack'));
  closing.push(() => deployment.end());
  await deployment.publishState(securityGroupState(2));
  await produceWith(deployment, [
    { value: readEvent('e-read') },
    {
      value: ingressEvent('e-traced', 0),
      headers: { traceparent: `00-${PRODUCER.traceId}-${PRODUCER.spanId}-01`, tracestate: 'v=1' },
    },
    { value: ingressEvent('e-untraced', 1) },
  ]);
  const driftline = deployment.start([
    '--set',
    'traces.enabled=true',
    '--set',
    `traces.endpoint=${collector.url}`,
  ]);
  await deployment.caughtUp();
  driftline.kill('SIGTERM');
  expect(await driftline.exited).toBe(0);

  const { spans } = collector;
  const named = (name: string): ReceivedSpan => {
    const found = spans.find((span) => span.name === name);
    if (found === undefined)
      throw new Error(`no ${name} in ${spans.map((each) => each.name).join()}`);
    return found;
  };
  const { audit, candidates } = deployment.topics;
  const unit = named(`process ${audit}`);
  expect(unit.links).toEqual([expect.objectContaining(PRODUCER)]);
  expect(unit.attributes).toEqual(
    expect.arrayContaining([
      { key: 'messaging.batch.message_count', value: { intValue: 3 } },
      { key: 'messaging.consumer.group.name', value: { stringValue: deployment.groupId } },
    ]),
  );
  expect(named('bulk').parentSpanId).toBe(unit.spanId);
  const commit = named(`commit ${audit}`);
  expect(commit.parentSpanId).toBe(unit.spanId);
  expect(named(`send ${candidates}`).parentSpanId).toBe(commit.spanId);

  const told = await readCommitted(deployment.kafka, candidates);
  const headers = told.map((record) => record.headers);
  const traceIds = headers.map(({ traceparent }) => traceparent?.split('-')[1]);
  expect(traceIds).toEqual([PRODUCER.traceId, unit.traceId]);
  expect(headers[0]?.['tracestate']).toBe('v=1');
  const created = spans.filter(({ name }) => name === `create ${candidates}`);
  expect(created.map(({ parentSpanId }) => parentSpanId)).toEqual([PRODUCER.spanId, unit.spanId]);
  expect(headers.map(({ traceparent }) => traceparent?.split('-')[2])).toEqual(
    created.map(({ spanId }) => spanId),
  );
});
