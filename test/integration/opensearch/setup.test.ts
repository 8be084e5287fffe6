import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createOpenSearchClient } from '../../../src/adapters/opensearch/client.ts';
import { applyTemplates } from '../../../src/adapters/opensearch/setup.ts';
import { readTemplateFiles } from '../../../src/adapters/opensearch/template-files.ts';

const transport = createOpenSearchClient({
  nodes: [inject('stack').opensearch],
  requestTimeoutMs: 20_000,
  maxSockets: 2,
});
const name = `setup-${process.pid}-${Date.now()}`;
const shipped = fileURLToPath(new URL('../../../schemas/opensearch', import.meta.url));

const bodyOf = (shards: number): Readonly<Record<string, unknown>> => ({
  index_patterns: [`${name}-*`],
  priority: 200,
  template: {
    settings: {
      index: { number_of_shards: shards, number_of_replicas: 0, 'mapping.total_fields.limit': 500 },
    },
    mappings: {
      dynamic: 'strict',
      _meta: { version: 1 },
      properties: {
        time: { type: 'date', format: 'epoch_millis' },
        raw: { type: 'object', enabled: false },
      },
    },
    aliases: { [name]: {} },
  },
});

afterAll(async () => {
  await transport.request({ method: 'DELETE', path: `/_index_template/${name}` });
  await transport.request({ method: 'DELETE', path: `/${name}-*` });
  await transport.close();
});

describe('applying index templates', () => {
  it('creates, leaves alone what is there, and updates what differs', async () => {
    const apply = async (shards: number): Promise<unknown> =>
      (await applyTemplates(transport, [{ name, body: bodyOf(shards) }]))[0]?.action;
    expect(await apply(1)).toBe('created');
    expect(await apply(1)).toBe('unchanged');
    expect(await apply(2)).toBe('updated');
    expect(await apply(2)).toBe('unchanged');
  });

  it('brings the alias with the first document', async () => {
    const body = JSON.stringify({ time: 1 });
    await transport.request({
      method: 'PUT',
      path: `/${name}-2026/_doc/1`,
      query: { refresh: 'true' },
      body,
    });
    const answer = await transport.request({ method: 'GET', path: `/${name}/_count` });
    expect(answer).toMatchObject({ status: 200, body: { count: 1 } });
  });

  it('tells the name of a template that OpenSearch refuses', async () => {
    const body = {
      index_patterns: [`${name}-*`],
      priority: 900,
      template: { mappings: { properties: { a: { type: 'nonsense' } } } },
    };
    await expect(applyTemplates(transport, [{ name: `${name}-bad`, body }])).rejects.toMatchObject({
      code: 'opensearch_setup_failed',
      message: expect.stringContaining(`${name}-bad`),
    });
  });

  it.skipIf(!existsSync(shipped))('takes the templates that ship, twice', async () => {
    const templates = await readTemplateFiles(shipped);
    expect(templates.length).toBeGreaterThan(0);
    await applyTemplates(transport, templates);
    const again = await applyTemplates(transport, templates);
    expect(again.map(({ action }) => action)).toEqual(templates.map(() => 'unchanged'));
  });
});
