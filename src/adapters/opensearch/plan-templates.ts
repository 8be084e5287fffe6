import { isJsonObject } from '../../core/model/json.ts';
import { missingFields, withMissing } from './missing-fields.ts';
import { differences, isEdited, marked, type SetupDifference } from './setup-difference.ts';
import type { JsonBody, SetupFile, SetupFiles } from './setup-files.ts';
import { show, type SetupStep } from './setup-step.ts';
import type { OpenSearchRequest, OpenSearchTransport } from './transport.ts';

interface TemplateKind {
  readonly what: 'component template' | 'index template';
  readonly path: '_component_template' | '_index_template';
  readonly list: 'component_templates' | 'index_templates';
  readonly inner: 'component_template' | 'index_template';
}

const COMPONENT: TemplateKind = {
  what: 'component template',
  path: '_component_template',
  list: 'component_templates',
  inner: 'component_template',
};
const INDEX: TemplateKind = {
  what: 'index template',
  path: '_index_template',
  list: 'index_templates',
  inner: 'index_template',
};

const storedTemplate = async (
  transport: OpenSearchTransport,
  kind: TemplateKind,
  name: string,
  signal: AbortSignal | undefined,
): Promise<JsonBody | undefined> => {
  const path = `/${kind.path}/${encodeURIComponent(name)}`;
  const body = await show(transport, path, `the ${kind.what} ${name}`, signal);
  const found = body?.[kind.list];
  const first: unknown = Array.isArray(found) ? found[0] : undefined;
  const stored = isJsonObject(first) ? first[kind.inner] : undefined;
  return isJsonObject(stored) ? stored : undefined;
};

const put = (kind: TemplateKind, name: string, body: JsonBody): OpenSearchRequest => ({
  method: 'PUT',
  path: `/${kind.path}/${encodeURIComponent(name)}`,
  body: JSON.stringify(body),
});

const mappingsOf = (body: JsonBody): JsonBody => {
  const { mappings } = (body['template'] ?? {}) as { readonly mappings?: unknown };
  return isJsonObject(mappings) ? mappings : {};
};

const propertiesOf = (body: JsonBody): JsonBody => {
  const { properties } = mappingsOf(body);
  return isJsonObject(properties) ? properties : {};
};

const isVersion = ({ path }: SetupDifference): boolean =>
  path === 'version' || path.startsWith('_meta.') || path.startsWith('template.mappings._meta.');

/** What somebody edited stays; fields that are new are added, for a document that has them would be refused. */
const planEdited = (kind: TemplateKind, { name, body }: SetupFile, stored: JsonBody): SetupStep => {
  const missing = missingFields(propertiesOf(stored), propertiesOf(body));
  const whole =
    missing.properties === undefined
      ? stored
      : {
          ...stored,
          template: {
            ...(stored['template'] as JsonBody),
            mappings: {
              ...mappingsOf(stored),
              properties: withMissing(propertiesOf(stored), missing.properties),
            },
          },
        };
  const kept = differences(whole, body).filter((each) => !isVersion(each));
  const notes =
    kept.length === 0
      ? []
      : [
          `edited since setup wrote it, and kept: ${kept.map(keptText).join('; ')}`,
          'put what is yours into the @custom component, then run setup with --overwrite',
        ];
  return missing.properties === undefined
    ? { what: kind.what, name, action: kept.length === 0 ? 'none' : 'keep', differences: [], notes }
    : {
        what: kind.what,
        name,
        action: 'update',
        differences: differences(stored, whole),
        notes,
        request: put(kind, name, whole),
      };
};

const keptText = ({ path, before, after }: SetupDifference): string =>
  `${path} is ${before ?? 'not set'} (shipped: ${after ?? 'not set'})`;

const planTemplate = async (
  transport: OpenSearchTransport,
  kind: TemplateKind,
  file: SetupFile,
  overwrite: boolean,
  signal: AbortSignal | undefined,
): Promise<SetupStep> => {
  const { name, body } = file;
  const stored = await storedTemplate(transport, kind, name, signal);
  const step = { what: kind.what, name, notes: [] };
  const request = put(kind, name, marked(body));
  if (stored === undefined) return { ...step, action: 'create', differences: [], request };
  const found = differences(stored, body);
  if (found.length === 0) return { ...step, action: 'none', differences: [] };
  if (isEdited(kind.what, stored) && !overwrite) return planEdited(kind, file, stored);
  return { ...step, action: 'update', differences: found, request };
};

/** Parts that index templates name and that no file has: the operator's own. Made empty, never changed. */
const customParts = ({ components, indexTemplates }: SetupFiles): readonly string[] => {
  const shipped = new Set(components.map(({ name }) => name));
  const named = indexTemplates.flatMap(({ body }) =>
    Array.isArray(body['composed_of']) ? (body['composed_of'] as readonly string[]) : [],
  );
  return [...new Set(named)].filter((name) => !shipped.has(name));
};

const planCustom = async (
  transport: OpenSearchTransport,
  name: string,
  signal: AbortSignal | undefined,
): Promise<SetupStep> => {
  const stored = await storedTemplate(transport, COMPONENT, name, signal);
  const body = { template: {}, _meta: { description: 'Yours: setup never changes it.' } };
  return {
    what: 'component template',
    name,
    action: stored === undefined ? 'create' : 'none',
    differences: [],
    notes: [],
    ...(stored === undefined ? { request: put(COMPONENT, name, body) } : {}),
  };
};

/** Component templates first: index templates are made of them. */
export const planTemplates = async (
  transport: OpenSearchTransport,
  files: SetupFiles,
  overwrite: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly SetupStep[]> => {
  const steps: SetupStep[] = [];
  for (const file of files.components)
    steps.push(await planTemplate(transport, COMPONENT, file, overwrite, signal));
  for (const name of customParts(files)) steps.push(await planCustom(transport, name, signal));
  for (const file of files.indexTemplates)
    steps.push(await planTemplate(transport, INDEX, file, overwrite, signal));
  return steps;
};
