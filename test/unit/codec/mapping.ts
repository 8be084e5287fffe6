import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

interface Field {
  readonly type?: string;
  readonly enabled?: boolean;
  readonly path?: string;
  readonly ignore_malformed?: boolean;
  readonly properties?: Readonly<Record<string, Field>>;
}

export interface Template {
  readonly _meta: { readonly version: number };
  readonly template: { readonly mappings: Field & { readonly dynamic: string } };
}

export const readTemplate = (name: string): Template =>
  JSON.parse(
    readFileSync(
      new URL(
        `../../../schemas/opensearch/component-templates/${name}@mappings.json`,
        import.meta.url,
      ),
      'utf8',
    ),
  ) as Template;

/** What OpenSearch would take for a field of this type. */
const ACCEPTS: Readonly<Record<string, (value: unknown) => boolean>> = {
  keyword: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => Number.isSafeInteger(value),
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  short: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 15,
  integer: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
  long: (value) => Number.isSafeInteger(value) || /^\d{1,18}$/.test(String(value)),
};

const faultsIn = (value: unknown, field: Field | undefined, path: string): readonly string[] => {
  if (field === undefined) return [`${path} is not in the mapping`];
  if (field.enabled === false) return [];
  if (Array.isArray(value)) return value.flatMap((item) => faultsIn(item, field, path));
  if (field.properties !== undefined) {
    if (typeof value !== 'object' || value === null) return [`${path} is no object`];
    return Object.entries(value).flatMap(([name, item]) =>
      faultsIn(item, field.properties?.[name], path === '' ? name : `${path}.${name}`),
    );
  }
  return field.ignore_malformed === true || ACCEPTS[field.type ?? '']?.(value) === true
    ? []
    : [`${path} is no ${field.type}: ${JSON.stringify(value)}`];
};

/** Why a document would not fit a template's strict mapping; nothing where it fits. */
export const mappingFaults = (body: Buffer, template: Template): readonly string[] =>
  faultsIn(JSON.parse(body.toString()), template.template.mappings, '');

/** Field aliases of a mapping, each with the type that its path has; undefined where there is none. */
export const aliasTargets = (template: Template): ReadonlyMap<string, string | undefined> => {
  const { mappings } = template.template;
  const found = new Map<string, string | undefined>();
  const visit = (field: Field, path: string): void => {
    if (field.type === 'alias') {
      const target = field.path
        ?.split('.')
        .reduce<Field | undefined>((at, name) => at?.properties?.[name], mappings);
      found.set(path, target?.type);
    }
    for (const [name, inner] of Object.entries(field.properties ?? {})) {
      visit(inner, path === '' ? name : `${path}.${name}`);
    }
  };
  visit(mappings, '');
  return found;
};
