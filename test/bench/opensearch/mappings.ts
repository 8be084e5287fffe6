import { fileURLToPath } from 'node:url';
import { createOpenSearchClient } from '../../../src/adapters/opensearch/client.ts';
import { applyStep, planSetup } from '../../../src/adapters/opensearch/setup.ts';
import { readSetupFiles } from '../../../src/adapters/opensearch/setup-files.ts';
import { underNames } from '../../../src/adapters/opensearch/setup-names.ts';
import type { NodeClient } from './node-client.ts';

export const MODES = ['driftline', 'minimal', 'dynamic'] as const;
export type Mode = (typeof MODES)[number];

const SHIPPED = fileURLToPath(new URL('../../../schemas/opensearch', import.meta.url));
const ALIAS = 'bench-driftline';

/** What is searched: when, which, and what became of it. The rest is kept and not looked into. */
const MINIMAL = {
  dynamic: false,
  properties: {
    time: { type: 'date', format: 'epoch_millis' },
    metadata: { properties: { uid: { type: 'keyword' } } },
    driftline: { properties: { outcome: { type: 'keyword' } } },
  },
};

/** The payload of many operations has more fields than an index takes by default. */
const MANY_FIELDS = { 'index.mapping.total_fields.limit': 200_000 };

interface Settings {
  readonly index: Readonly<Record<string, unknown>>;
}

/** Puts the templates that ship; what an index under them begins with. */
export const shippedSettings = async (url: string, client: NodeClient): Promise<Settings> => {
  const transport = createOpenSearchClient({
    nodes: [url],
    requestTimeoutMs: 60_000,
    maxSockets: 2,
  });
  try {
    const files = underNames(await readSetupFiles(SHIPPED), { 'audit-events': ALIAS });
    const steps = await planSetup(transport, files, { single: [], overwrite: true });
    for (const step of steps.filter(({ what }) => what.endsWith('template')))
      await applyStep(transport, step);
  } finally {
    await transport.close();
  }
  const { template } = (await client.call(
    'POST',
    `/_index_template/_simulate_index/${ALIAS}-2026.01.31`,
  )) as unknown as { readonly template: { readonly settings: Settings } };
  return template.settings;
};

/** Makes an empty index of the mode: the settings are those of the shipped templates for all, only the mapping differs. */
export const createIndex = async (
  client: NodeClient,
  mode: Mode,
  name: string,
  { index }: Settings,
): Promise<string> => {
  if (mode === 'driftline') {
    await client.call('PUT', `/${ALIAS}-${name}`);
    return `${ALIAS}-${name}`;
  }
  const created = `bench-${mode}-${name}`;
  await client.call('PUT', `/${created}`, {
    settings: { index, ...(mode === 'dynamic' ? MANY_FIELDS : {}) },
    mappings: mode === 'minimal' ? MINIMAL : { dynamic: true },
  });
  return created;
};
