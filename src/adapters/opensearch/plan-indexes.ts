import { isJsonObject } from '../../core/model/json.ts';
import { missingFields, type MissingFields } from './missing-fields.ts';
import type { JsonBody, SetupFiles } from './setup-files.ts';
import { show, type SetupStep } from './setup-step.ts';
import type { OpenSearchRequest, OpenSearchTransport } from './transport.ts';

/** Names in one request: its line stays far below the 4 KiB that OpenSearch takes. */
const MOST_NAMES = 30;
const OPEN = { ignore_unavailable: 'true', expand_wildcards: 'open', allow_no_indices: 'true' };

/** Blocks under which a mapping cannot be changed. */
const BLOCKS = ['read_only', 'read_only_allow_delete', 'metadata'];

const blockedIndexes = async (
  transport: OpenSearchTransport,
  pattern: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> => {
  const path = `/${encodeURIComponent(pattern)}/_settings/index.blocks.*`;
  const query = { ...OPEN, flat_settings: 'true' };
  const found = await show(transport, path, `the settings of ${pattern}`, signal, query);
  const blocked = Object.entries(found ?? {}).filter(([, value]) => {
    const { settings = {} } = value as { readonly settings?: JsonBody };
    return BLOCKS.some((block) => settings[`index.blocks.${block}`] === 'true');
  });
  return new Set(blocked.map(([name]) => name));
};

const propertiesOf = (mappings: unknown): JsonBody => {
  const { properties } = (isJsonObject(mappings) ? mappings : {}) as {
    readonly properties?: unknown;
  };
  return isJsonObject(properties) ? properties : {};
};

const count = (names: readonly string[], noun: string): string =>
  names.length === 1 ? (names[0] ?? noun) : `${names.length} ${noun}`;

const addFields = (names: readonly string[], { properties }: MissingFields): OpenSearchRequest => ({
  method: 'PUT',
  path: `/${names.map(encodeURIComponent).join(',')}/_mapping`,
  body: JSON.stringify({ properties }),
});

/** Indexes that lack the same fields, in one request each. */
const additions = (
  lacking: readonly { readonly name: string; readonly missing: MissingFields }[],
): readonly SetupStep[] => {
  const groups = new Map<string, { names: string[]; missing: MissingFields }>();
  for (const { name, missing } of lacking) {
    const key = JSON.stringify(missing.properties);
    const group = groups.get(key) ?? { names: [], missing };
    if (group.names.length === 0) groups.set(key, group);
    group.names.push(name);
  }
  return [...groups.values()].flatMap(({ names, missing }) => {
    const runs = Array.from({ length: Math.ceil(names.length / MOST_NAMES) }, (_, i) =>
      names.slice(i * MOST_NAMES, (i + 1) * MOST_NAMES),
    );
    return runs.map((run): SetupStep => ({
      what: 'mapping',
      name: count(run, 'indexes'),
      action: 'update',
      differences: missing.added.map((path) => ({ path, before: undefined, after: 'added' })),
      notes: run.length > 1 ? [run.join(', ')] : [],
      request: addFields(run, missing),
      ...(run.length > 1
        ? { alone: run.map((name) => ({ name, request: addFields([name], missing) })) }
        : {}),
    }));
  });
};

/** Adds the fields that indexes which are there lack; nothing else about them is changed. */
const planMapping = async (
  transport: OpenSearchTransport,
  pattern: string,
  wanted: JsonBody,
  signal: AbortSignal | undefined,
): Promise<readonly SetupStep[]> => {
  const path = `/${encodeURIComponent(pattern)}/_mapping`;
  const found = await show(transport, path, `the mapping of ${pattern}`, signal, OPEN);
  const blocked = await blockedIndexes(transport, pattern, signal);
  const looked = Object.entries(found ?? {}).map(([name, value]) => {
    const { mappings } = value as { readonly mappings?: unknown };
    return { name, missing: missingFields(propertiesOf(mappings), wanted) };
  });
  const lacking = looked.filter(({ missing }) => missing.properties !== undefined);
  const open = lacking.filter(({ name }) => !blocked.has(name));
  const shut = lacking.filter(({ name }) => blocked.has(name)).map(({ name }) => name);
  const different = looked.filter(({ missing }) => missing.others.length > 0);
  const fields = [...new Set(different.flatMap(({ missing }) => missing.others))];
  return [
    ...additions(open),
    ...(shut.length === 0
      ? []
      : [keep(count(shut, 'indexes'), 'read-only: no field is added, and the block stays')]),
    ...(different.length === 0
      ? []
      : [
          keep(
            count(
              different.map(({ name }) => name),
              `indexes of ${pattern}`,
            ),
            `has fields of an older type until it ends: ${fields.join(', ')}`,
          ),
        ]),
  ];
};

const keep = (name: string, note: string): SetupStep => ({
  what: 'mapping',
  name,
  action: 'keep',
  differences: [],
  notes: [note],
});

/** Makes an index that is written to under one name, since clusters may refuse to make it by its first document. */
const planIndex = async (
  transport: OpenSearchTransport,
  name: string,
  signal: AbortSignal | undefined,
): Promise<SetupStep> => {
  const path = `/${encodeURIComponent(name)}`;
  const found = await show(transport, path, `the index ${name}`, signal);
  return {
    what: 'index',
    name,
    action: found === undefined ? 'create' : 'none',
    differences: [],
    notes: [],
    ...(found === undefined ? { request: { method: 'PUT', path } } : {}),
  };
};

/**
 * What to do to indexes: those named in `single` are made, and those that are there get the fields that they lack.
 * @param single names of indexes that are not by day or month
 */
export const planIndexes = async (
  transport: OpenSearchTransport,
  { components, indexTemplates }: SetupFiles,
  single: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly SetupStep[]> => {
  const steps: SetupStep[] = [];
  for (const name of single) steps.push(await planIndex(transport, name, signal));
  for (const { name, body } of indexTemplates) {
    const fields = components.find((each) => each.name === `${name}@mappings`);
    const { mappings } = (fields?.body['template'] ?? {}) as { readonly mappings?: unknown };
    for (const pattern of body['index_patterns'] as readonly string[])
      steps.push(...(await planMapping(transport, pattern, propertiesOf(mappings), signal)));
  }
  return steps;
};
