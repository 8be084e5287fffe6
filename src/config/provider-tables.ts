import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackTable } from '../core/model/attack-table.ts';
import type { FormatTables } from '../core/model/format-tables.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/model/json.ts';
import type { ObjectTable } from '../core/model/object-table.ts';
import { PROVIDERS, type Provider } from '../core/model/provider.ts';
import type {
  ActorTable,
  OperationTable,
  ProviderTables,
  ResourceTypeTable,
  SeverityTable,
  Uniqueness,
} from '../core/model/provider-tables.ts';
import { jsonFaultPlace } from './json-place.ts';
import { ATTACK_FILE, PROVIDER_FILES, SEVERITY_FILE, unknownAttackIds } from './table-checks.ts';
import { listOf, mapOf, text, type Check } from './table-shape.ts';

export interface TableFault {
  readonly file: string;
  /** Path inside the file; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A table cannot be used; holds every fault found. */
export class ProviderTableError extends Error {
  readonly code = 'provider_tables_invalid';
  readonly retriable = false;
  readonly faults: readonly TableFault[];

  constructor(faults: readonly TableFault[]) {
    const lines = faults.map(
      ({ file, path, message }) => `- ${file}: ${path === '' ? '' : `${path} `}${message}`,
    );
    super(`The provider tables are not valid:\n${lines.join('\n')}`);
    this.name = 'ProviderTableError';
    this.faults = faults;
  }
}

export interface LoadedTables {
  /** Of providers whose audit events are known: those with more than types. */
  readonly tables: ReadonlyMap<Provider, ProviderTables>;
  /** Of all providers. */
  readonly resourceTypes: ReadonlyMap<Provider, ResourceTypeTable>;
  readonly formats: FormatTables;
  readonly severity: SeverityTable;
  readonly attacks: AttackTable;
}

const isProvider = (name: string): name is Provider =>
  (PROVIDERS as readonly string[]).includes(name);

const wordOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

const parse = (file: string, faults: TableFault[]): unknown => {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    faults.push({ file, path: '', message: `cannot be read: ${wordOf(error)}` });
    return undefined;
  }
  try {
    return JSON.parse(content) as unknown;
  } catch {
    faults.push({ file, path: '', message: `is not JSON: ${jsonFaultPlace(content)}` });
    return undefined;
  }
};

/** The checked content of a table file; undefined where it is faulty, with the faults added. */
const readTable = (file: string, check: Check, faults: TableFault[]): JsonObject | undefined => {
  const content = parse(file, faults);
  if (content === undefined) return undefined;
  let isFaulty = false;
  check(content, undefined, () => {
    isFaulty = true;
  });
  if (!isFaulty) return isJsonObject(content) ? content : undefined;
  check(content, '', (path = '', message) => faults.push({ file, path, message }));
  return undefined;
};

const tableFiles = (folder: string, faults: TableFault[]): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    faults.push({ file: folder, path: '', message: `cannot be read: ${wordOf(error)}` });
    return [];
  }
};

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value);

/** Lists of `over` come first, since the first row that matches decides; objects are merged by key. */
const merged = (base: JsonObject, over: JsonObject): JsonObject => {
  const result: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    result[key] = isList(value) && isList(below) ? [...value, ...below] : value;
  }
  return result;
};

/** As `merged`; scores by name (kinds, actors, environments) are merged one by one, those of `over` first. */
const mergedScores = (base: JsonObject, over: JsonObject): JsonObject => {
  const scores = Object.entries(merged(base, over)).map(([key, value]) => {
    const below = base[key];
    return isJsonObject(value) && isJsonObject(below) && value !== below
      ? ([key, { ...value, ...below, ...value }] as const)
      : ([key, value] as const);
  });
  return Object.fromEntries(scores);
};

type Files = ReadonlyMap<string, JsonObject>;

/** Rows made from public models, in a folder of their own: hand-written rows lie over them. */
const GENERATED = 'generated';

/** What the generator leaves beside its tables for the coverage alone. */
const NO_TABLES = ['operation-names.json', 'sources.json'];

const identitiesOf = (row: JsonValue | undefined): readonly JsonValue[] => {
  const identities = isJsonObject(row) ? row['identities'] : undefined;
  return isList(identities) ? identities : [];
};

/** A type's hand-written row, with the identities that generated operations look it up by. */
const mergedTypes = (generated: JsonObject, hand: JsonObject): JsonObject => {
  const result: Record<string, JsonValue> = { ...generated };
  for (const [type, row] of Object.entries(hand)) {
    const below = Object.hasOwn(generated, type) ? generated[type] : undefined;
    const identities = [...new Set([...identitiesOf(row), ...identitiesOf(below)])];
    result[type] =
      below === undefined || !isJsonObject(row) || identities.length === 0
        ? row
        : { ...row, identities };
  }
  return result;
};

const overGenerated = (name: string, generated: JsonObject, hand: JsonObject): JsonObject =>
  name === 'resource-types.json' ? mergedTypes(generated, hand) : merged(generated, hand);

const readProvider = (folder: string, extension: boolean, faults: TableFault[]): Files => {
  const found = readFolder(folder, extension, faults);
  const generated = join(folder, GENERATED);
  if (!existsSync(generated)) return found;
  const result = new Map(readFolder(generated, true, faults));
  for (const [name, content] of found) {
    result.set(name, overGenerated(name, result.get(name) ?? {}, content));
  }
  return result;
};

const readFolder = (folder: string, extension: boolean, faults: TableFault[]): Files => {
  const found = new Map<string, JsonObject>();
  for (const name of tableFiles(folder, faults)) {
    if (!name.endsWith('.json') || NO_TABLES.includes(name)) continue;
    const file = join(folder, name);
    const checks = Object.hasOwn(PROVIDER_FILES, name) ? PROVIDER_FILES[name] : undefined;
    if (checks === undefined) {
      const known = Object.keys(PROVIDER_FILES).join(', ');
      faults.push({ file, path: '', message: `is no table of a provider (known: ${known})` });
      continue;
    }
    const content = readTable(file, extension ? checks.extension : checks.complete, faults);
    if (content !== undefined) found.set(name, content);
  }
  return found;
};

const readProviders = (
  root: string,
  extended: ReadonlySet<string>,
  faults: TableFault[],
): ReadonlyMap<Provider, Files> => {
  const found = new Map<Provider, Files>();
  const folder = join(root, 'providers');
  if (!existsSync(folder)) return found;
  for (const name of tableFiles(folder, faults)) {
    if (name.includes('.')) continue;
    const file = join(folder, name);
    if (isProvider(name)) found.set(name, readProvider(file, extended.has(name), faults));
    else {
      const message = `is no provider that is known here (known: ${PROVIDERS.join(', ')})`;
      faults.push({ file, path: '', message });
    }
  }
  return found;
};

const objectTable = (files: Files): ObjectTable =>
  ({
    ...files.get('objects.json'),
    kinds: files.get('kinds.json') ?? {},
  }) as unknown as ObjectTable;

const assembled = (files: Files): ProviderTables => {
  const { serviceSuffix, unique, statesResource, ...events } = files.get('events.json') ?? {};
  return {
    serviceSuffix: serviceSuffix as string,
    operations: {
      ...events,
      rows: files.get('operations.json') ?? {},
    } as unknown as OperationTable,
    resourceTypes: (files.get('resource-types.json') ?? {}) as ResourceTypeTable,
    actors: files.get('actors.json') as unknown as ActorTable,
    ...(statesResource === undefined ? {} : { statesResource: statesResource === true }),
    ...(unique === undefined ? {} : { unique: unique as Uniqueness }),
    ...(files.has('objects.json') ? { objects: objectTable(files) } : {}),
  };
};

/** What audit events need, once a provider's folder has any of it. */
const EVENT_FILES = ['events.json', 'operations.json', 'actors.json'];
const NEEDED = ['events.json', 'actors.json'];

const hasEvents = (files: Files | undefined): boolean =>
  EVENT_FILES.some((name) => files?.has(name) === true);

const formatTables = (providers: ReadonlyMap<Provider, Files>): FormatTables => ({
  cloudFormation: (providers.get('aws')?.get('cloudformation-types.json') ??
    {}) as unknown as FormatTables['cloudFormation'],
  pulumi: Object.assign(
    {},
    ...Array.from(providers.values(), (files) => files.get('pulumi-types.json') ?? {}),
  ) as FormatTables['pulumi'],
  kubernetesKinds: (providers.get('kubernetes')?.get('kinds.json') ??
    {}) as FormatTables['kubernetesKinds'],
});

/** A table of all providers, with that of the same name in the extra folder over it. */
const readLaidOver = (
  name: string,
  checks: { readonly complete: Check; readonly extension: Check },
  from: {
    readonly shipped: string;
    readonly extra: string | undefined;
    readonly faults: TableFault[];
  },
): JsonObject | undefined => {
  const base = readTable(join(from.shipped, name), checks.complete, from.faults);
  const file = from.extra === undefined ? undefined : join(from.extra, name);
  if (file === undefined || !existsSync(file)) return base;
  const over = readTable(file, checks.extension, from.faults);
  return base === undefined || over === undefined ? base : mergedScores(base, over);
};

const NAMES_CHECK = mapOf(listOf(text));

/**
 * All mutating operations of the public models, by provider and service, as the generator wrote them down; of
 * providers that rows are generated for.
 * Throws ProviderTableError where a file cannot be used.
 */
export const readOperationNames = (
  shipped: string,
): ReadonlyMap<Provider, Readonly<Record<string, readonly string[]>>> => {
  const faults: TableFault[] = [];
  const found = new Map<Provider, Readonly<Record<string, readonly string[]>>>();
  for (const provider of PROVIDERS) {
    const file = join(shipped, 'providers', provider, GENERATED, 'operation-names.json');
    const content = existsSync(file) ? readTable(file, NAMES_CHECK, faults) : undefined;
    if (content !== undefined) {
      found.set(provider, content as Readonly<Record<string, readonly string[]>>);
    }
  }
  if (faults.length > 0) throw new ProviderTableError(faults);
  return found;
};

/**
 * The tables of all providers and of severity, checked: `<folder>/providers/<provider>/*.json` `<folder>/severity.json` and
 * `<folder>/attack-techniques.json`. A provider without `events.json`, `operations.json` and `actors.json` has types alone.
 * `extra` is a folder of the same layout whose rows come over the shipped ones: a row or
 * scalar of the same key replaces, list entries are put first.
 * Throws ProviderTableError that names file, path and fault of everything that is wrong.
 */
export const readProviderTables = (shipped: string, extra?: string): LoadedTables => {
  const faults: TableFault[] = [];
  const base = readProviders(shipped, new Set(), faults);
  const complete = new Set([...base.keys()].filter((name) => hasEvents(base.get(name))));
  const over =
    extra === undefined ? new Map<Provider, Files>() : readProviders(extra, complete, faults);
  if (extra !== undefined) tableFiles(extra, faults);

  const tables = new Map<Provider, ProviderTables>();
  const providers = new Map<Provider, Files>();
  for (const provider of new Set([...base.keys(), ...over.keys()])) {
    const files = new Map(base.get(provider) ?? []);
    for (const [name, content] of over.get(provider) ?? []) {
      files.set(name, merged(files.get(name) ?? {}, content));
    }
    providers.set(provider, files);
    if (!hasEvents(files)) continue;
    for (const name of NEEDED.filter((needed) => !files.has(needed))) {
      const root = hasEvents(base.get(provider)) ? shipped : (extra ?? shipped);
      const file = join(root, 'providers', provider, name);
      if (!faults.some((fault) => fault.file === file)) {
        faults.push({ file, path: '', message: 'is missing' });
      }
    }
    if (faults.length === 0) tables.set(provider, assembled(files));
  }

  const severity = readLaidOver('severity.json', SEVERITY_FILE, { shipped, extra, faults });
  const attacks = readLaidOver('attack-techniques.json', ATTACK_FILE, { shipped, extra, faults });
  for (const id of attacks === undefined
    ? []
    : unknownAttackIds(attacks as unknown as AttackTable)) {
    const file = join(extra ?? shipped, 'attack-techniques.json');
    faults.push({
      file,
      path: '',
      message: `names ${id}, which techniques and tactics do not have`,
    });
  }
  if (faults.length > 0 || severity === undefined || attacks === undefined) {
    throw new ProviderTableError(faults);
  }
  return {
    tables,
    resourceTypes: new Map(
      Array.from(providers, ([provider, files]) => [
        provider,
        (files.get('resource-types.json') ?? {}) as ResourceTypeTable,
      ]),
    ),
    formats: formatTables(providers),
    severity: severity as unknown as SeverityTable,
    attacks: attacks as unknown as AttackTable,
  };
};
