import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createOpenSearchClient } from '../../../src/adapters/opensearch/client.ts';
import { applySetup, planSetup } from '../../../src/adapters/opensearch/setup.ts';
import { readSetupFiles, type SetupFiles } from '../../../src/adapters/opensearch/setup-files.ts';
import { underNames } from '../../../src/adapters/opensearch/setup-names.ts';
import type { SetupStep } from '../../../src/adapters/opensearch/setup-step.ts';
import type { OpenSearchTransport } from '../../../src/adapters/opensearch/transport.ts';
import { withChoices } from '../../../src/adapters/opensearch/setup-values.ts';

const transport = createOpenSearchClient({
  nodes: [inject('stack').opensearch],
  requestTimeoutMs: 20_000,
  maxSockets: 2,
});
const run = `setup-${process.pid}-${Date.now()}`;
const NAMES = {
  'audit-events': `${run}-audit`,
  'drift-candidates': `${run}-drift`,
  'desired-state': `${run}-desired`,
};
const AUDIT = NAMES['audit-events'];
const single = [NAMES['desired-state']];
let files: SetupFiles;

const setUp = async (
  given: SetupFiles = files,
  overwrite = false,
): Promise<readonly SetupStep[]> => {
  const steps: SetupStep[] = [];
  await applySetup(transport, given, { single, overwrite }, (step) => steps.push(step));
  return steps;
};

const call = async (
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<Record<string, never>> => {
  const answer = await transport.request({
    method,
    path,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.status > 299) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body as Record<string, never>;
};

const stepOf = (steps: readonly SetupStep[], what: string, name: string): SetupStep => {
  const found = steps.find((step) => step.what === what && step.name === name);
  if (found === undefined) throw new Error(`no step for the ${what} ${name}`);
  return found;
};

const settingsOf = async (index: string): Promise<Readonly<Record<string, unknown>>> =>
  (await call('GET', `/${index}/_settings?flat_settings`))[index]!['settings'];

const propertiesOf = async (index: string): Promise<Readonly<Record<string, unknown>>> =>
  (await call('GET', `/${index}/_mapping`))[index]!['mappings']['properties'];

const withShards = (shards: number): SetupFiles =>
  withChoices(files, new Map([[AUDIT, { shards, refreshIntervalMs: 5_000 }]]));

const withField = (name: string, field: object): SetupFiles => ({
  ...files,
  components: files.components.map((file) => {
    if (file.name !== `${AUDIT}@mappings`) return file;
    const body = structuredClone(file.body) as never as {
      template: { mappings: { properties: Record<string, object> } };
    };
    body.template.mappings.properties[name] = field;
    return { name: file.name, body };
  }),
});

beforeAll(async () => {
  const shipped = fileURLToPath(new URL('../../../schemas/opensearch', import.meta.url));
  files = underNames(await readSetupFiles(shipped), NAMES);
});

afterAll(async () => {
  await call('DELETE', `/${run}-*`);
  for (const name of Object.values(NAMES)) {
    await call('DELETE', `/_index_template/${name}`);
    for (const part of ['mappings', 'settings', 'custom'])
      await call('DELETE', `/_component_template/${name}@${part}`);
  }
  await transport.close();
});

describe('setup of OpenSearch', () => {
  it('creates everything, and finds nothing to do the second time', async () => {
    const first = await setUp();
    expect(first.filter(({ action }) => action === 'create').map(({ what }) => what)).toEqual([
      ...Array<string>(9).fill('component template'),
      ...Array<string>(3).fill('index template'),
      'index',
    ]);
    const again = await setUp();
    expect(again.filter(({ action }) => !['none', 'skip'].includes(action))).toEqual([]);
  });

  it('says that policies are not applied where OpenSearch has no Index State Management', async () => {
    const steps = await setUp();
    expect(steps.filter(({ what }) => what === 'policy')).toEqual([
      expect.objectContaining({
        action: 'skip',
        notes: [expect.stringContaining('no Index State Management')],
      }),
      expect.objectContaining({ action: 'skip' }),
    ]);
  });

  it('brings alias and strict mapping with the first document of a day', async () => {
    await call('PUT', `/${AUDIT}-2026.01.01/_doc/1?refresh=true`, { time: 1 });
    expect(await call('GET', `/${AUDIT}/_count`)).toMatchObject({ count: 1 });
    await expect(call('PUT', `/${AUDIT}-2026.01.01/_doc/2`, { other: 1 })).rejects.toThrow(
      'strict_dynamic_mapping_exception',
    );
  });

  it('shows what differs before it changes a template that it wrote', async () => {
    const step = stepOf(await setUp(withShards(2)), 'component template', `${AUDIT}@settings`);
    expect(step.action).toBe('update');
    expect(step.differences).toContainEqual({
      path: 'template.settings.index.number_of_shards',
      before: '1',
      after: '2',
    });
    await setUp();
  });

  it('writes nothing when it only plans', async () => {
    const steps = await planSetup(transport, withShards(3), { single, overwrite: false });
    expect(stepOf(steps, 'component template', `${AUDIT}@settings`).action).toBe('update');
    const { component_templates: found } = await call(
      'GET',
      `/_component_template/${AUDIT}@settings`,
    );
    expect(JSON.stringify(found)).toContain('"number_of_shards":"1"');
  });

  it('never loosens what an operator has put into the custom part', async () => {
    const custom = {
      template: { settings: { index: { number_of_replicas: 2, codec: 'default' } } },
    };
    await call('PUT', `/_component_template/${AUDIT}@custom`, custom);
    const step = stepOf(await setUp(), 'component template', `${AUDIT}@custom`);
    expect(step.action).toBe('none');
    await call('PUT', `/${AUDIT}-2026.01.02`);
    expect(await settingsOf(`${AUDIT}-2026.01.02`)).toMatchObject({ 'index.codec': 'default' });
    await call('PUT', `/_component_template/${AUDIT}@custom`, { template: {} });
  });

  it('keeps a template that was edited by hand and says how it differs, unless told to overwrite', async () => {
    const path = `/_component_template/${AUDIT}@settings`;
    const { component_templates: stored } = await call('GET', path);
    const edited = structuredClone(stored![0]['component_template']) as {
      template: { settings: { index: Record<string, unknown> } };
    };
    edited.template.settings.index['refresh_interval'] = '60s';
    await call('PUT', path, edited);
    const kept = stepOf(await setUp(withShards(2)), 'component template', `${AUDIT}@settings`);
    expect(kept.action).toBe('keep');
    expect(kept.notes.join()).toContain('refresh_interval is 60s (shipped: 5000ms)');
    expect(JSON.stringify(await call('GET', path))).toContain('"60s"');
    const over = stepOf(await setUp(files, true), 'component template', `${AUDIT}@settings`);
    expect(over.action).toBe('update');
    expect(JSON.stringify(await call('GET', path))).not.toContain('"60s"');
  });

  it('adds a new field to a template that was edited, and keeps the edit', async () => {
    const path = `/_component_template/${AUDIT}@mappings`;
    const { component_templates: stored } = await call('GET', path);
    const edited = structuredClone(stored![0]['component_template']) as {
      template: { mappings: { properties: Record<string, object> } };
    };
    edited.template.mappings.properties['status_code'] = { type: 'keyword', index: false };
    await call('PUT', path, edited);
    const step = stepOf(
      await setUp(withField('fresh', { type: 'keyword' })),
      'component template',
      `${AUDIT}@mappings`,
    );
    expect(step).toMatchObject({
      action: 'update',
      differences: [{ path: 'template.mappings.properties.fresh.type', after: 'keyword' }],
    });
    const text = JSON.stringify(await call('GET', path));
    expect(text).toContain('"status_code":{"index":false,"type":"keyword"}');
    await setUp(files, true);
  });

  it('adds new fields to indexes that are there, but for read-only ones, and changes nothing else', async () => {
    const [open, shut] = [`${AUDIT}-2025.12.01`, `${AUDIT}-2025.12.02`];
    await call('PUT', `/${open}`);
    await call('PUT', `/${shut}`);
    await call('PUT', `/${open}/_settings`, { 'index.refresh_interval': '90s' });
    await call('PUT', `/${shut}/_settings`, { 'index.blocks.read_only': true });
    const steps = await setUp(withField('later', { properties: { on: { type: 'date' } } }));
    const mapping = steps.find(({ what, action }) => what === 'mapping' && action === 'update');
    expect(mapping?.differences).toEqual([{ path: 'later.on', before: undefined, after: 'added' }]);
    expect(await propertiesOf(open)).toHaveProperty('later');
    expect(await settingsOf(open)).toMatchObject({ 'index.refresh_interval': '90s' });
    expect(await propertiesOf(shut)).not.toHaveProperty('later');
    expect(await settingsOf(shut)).toMatchObject({ 'index.blocks.read_only': 'true' });
    expect(steps).toContainEqual(
      expect.objectContaining({
        name: shut,
        action: 'keep',
        notes: [expect.stringContaining('read-only')],
      }),
    );
    await call('PUT', `/${shut}/_settings`, { 'index.blocks.read_only': null });
    await setUp();
  });

  it('leaves an index alone whose name only begins like that of desired resources', async () => {
    const other = `${NAMES['desired-state']}-archive`;
    await call('PUT', `/${other}`);
    expect(await propertiesOf(other)).toBeUndefined();
    await setUp();
    expect(await propertiesOf(other)).toBeUndefined();
  });

  it('adds fields to an index that a running member makes before the templates are new', async () => {
    const index = `${AUDIT}-2025.11.01`;
    let made = false;
    const busy: OpenSearchTransport = {
      ...transport,
      request: async (request, signal) => {
        if (request.method === 'PUT' && !made) {
          made = true;
          await call('PUT', `/${index}`);
        }
        return transport.request(request, signal);
      },
    };
    const given = withField('sooner', { type: 'keyword' });
    await applySetup(busy, given, { single, overwrite: false }, () => undefined);
    expect(made).toBe(true);
    expect(await propertiesOf(index)).toHaveProperty('sooner');
    await setUp();
  });

  it('tells which indexes have a field of another type, and leaves them', async () => {
    const steps = await setUp(withField('status_code', { type: 'long' }));
    const step = steps.find(({ what, action }) => what === 'mapping' && action === 'keep');
    expect(step?.notes).toEqual([expect.stringContaining('status_code (keyword, not long)')]);
    await setUp();
  });

  it('gives the summary its words from the next index on, and leaves an index that is there', async () => {
    const name = NAMES['drift-candidates'];
    const plain = (body: SetupFiles['components'][number]['body']) => {
      const { template, ...rest } = structuredClone(body) as never as {
        readonly template: { settings?: object; mappings: { properties: Record<string, object> } };
      };
      template.mappings.properties['summary'] = { type: 'text' };
      delete template.settings;
      return { ...rest, template };
    };
    const before = files.components.map((file) =>
      file.name === `${name}@mappings` ? { ...file, body: plain(file.body) } : file,
    );
    await setUp({ ...files, components: before }, true);
    await call('PUT', `/${name}-2025.01`);
    const steps = await setUp();
    expect(stepOf(steps, 'component template', `${name}@mappings`).action).toBe('update');
    await call('PUT', `/${name}-2025.02`);
    expect(await propertiesOf(`${name}-2025.01`)).toMatchObject({ summary: { type: 'text' } });
    expect(await propertiesOf(`${name}-2025.02`)).toMatchObject({
      summary: { analyzer: 'driftline_words', search_analyzer: 'driftline_words_search' },
    });
    expect((await setUp()).filter(({ what }) => what === 'mapping')).toEqual([]);
  });

  it('tells the name of a template that OpenSearch refuses', async () => {
    await expect(setUp(withField('bad', { type: 'nonsense' }))).rejects.toMatchObject({
      code: 'opensearch_refused',
      message: expect.stringContaining(`${AUDIT}@mappings`),
    });
  });
});
