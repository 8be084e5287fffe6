import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchemaRegistryClient } from '../../../src/adapters/schema-registry/schema-registry-client.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelDecoder } from '../../../src/codec/model-decoder.ts';
import { modelEncoder, registerSchemas } from '../../../src/codec/model-encoder.ts';
import { startTestRegistry, type TestRegistry } from '../../support/test-registry.ts';
import { sampleCandidate, sampleResource } from '../../unit/codec/sample-models.ts';

const PORT = Number(process.env.DRIFTLINE_TEST_STACK_CLIENT_REGISTRY_PORT ?? 19_082);
const schemas = loadSchemas();

describe('a real schema registry', () => {
  let server: TestRegistry;
  const client = () =>
    createSchemaRegistryClient({ url: server.url, now: () => performance.now() });

  beforeAll(async () => {
    server = await startTestRegistry(PORT);
  });
  afterAll(() => server.end());

  it('gives a schema the same id again, and gives the schema for the id', async () => {
    const registry = client();
    const [schema] = schemas['audit-event'];
    expect(await registry.find('a/b-value', schema)).toBeUndefined();
    const id = await registry.register('a/b-value', schema);
    expect(await registry.register('a/b-value', schema)).toBe(id);
    expect(await registry.find('a/b-value', schema)).toBe(id);
    expect(await registry.find('a/b-value', '"int"')).toBeUndefined();
    const held = await client().schemaById(id);
    expect(held).toMatchObject({ schemaType: 'AVRO', hasReferences: false });
    expect(JSON.parse(held?.schema ?? '')).toEqual(JSON.parse(schema));
    expect(await registry.schemaById(id + 1_000)).toBeUndefined();
  });

  it('carries our values from a writer to a reader that knows it alone', async () => {
    const topics = { 'desired-resource': 'desired', 'drift-candidate': 'candidates' };
    const first = await registerSchemas(client(), schemas, topics);
    expect(first.report).toEqual([
      { subject: 'desired-value', action: 'created' },
      { subject: 'candidates-value', action: 'created' },
    ]);
    const again = await registerSchemas(client(), schemas, topics);
    expect(again.ids).toEqual(first.ids);
    expect(again.report.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);

    const encoder = modelEncoder(schemas, first.ids);
    const decoder = modelDecoder(schemas, client());
    const candidate = encoder.encodeCandidate(sampleCandidate);
    expect(candidate.value[0]).toBe(0);
    await expect(decoder.decodeCandidate(candidate.value)).resolves.toEqual(sampleCandidate);
    const { value } = encoder.encodeDesiredResource(sampleResource);
    const resource = await decoder.decodeDesiredResource(value);
    expect({ ...resource }).toEqual(sampleResource);
  });

  it('refuses an incompatible schema, which no retry mends', async () => {
    const registry = client();
    await registry.register('strict-value', schemas['drift-candidate'][0]);
    const rule = await fetch(`${server.url}/config/strict-value`, {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ compatibility: 'BACKWARD' }),
    });
    expect(rule.status).toBe(200);
    await expect(registry.register('strict-value', '"int"')).rejects.toMatchObject({
      code: 'schema_registry_incompatible',
      retriable: false,
    });
    await expect(registry.register('bad-value', '{"type":"recor"}')).rejects.toMatchObject({
      code: 'schema_registry_incompatible',
      retriable: false,
    });
  });

  it('cannot be asked while it is stopped, and knows its schemas afterwards', async () => {
    const [schema] = schemas['audit-event'];
    const id = await client().register('kept-value', schema);
    const registry = client();
    await server.stop();
    await expect(registry.schemaById(id)).rejects.toMatchObject({
      code: 'schema_registry_unreachable',
      retriable: true,
    });
    await server.start();
    expect(await registry.schemaById(id)).toMatchObject({ schemaType: 'AVRO' });
  });
});
