import convict from 'convict';
import { crossCheck } from './check-config.ts';
import { ConfigError, type ConfigIssue, type Origin } from './config-error.ts';
import { FORMATS } from './formats.ts';
import { readConfigFile, readNamedFile, readSecretFile } from './read-file.ts';
import { CONNECTION_FILES, KEYS, SCHEMA, SECRET_FILES, type Config } from './schema.ts';
import { isKey, type Key, type Section } from './section.ts';

export interface ConfigSources {
  /** Path of a JSON file. */
  readonly file?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values by dotted key, as text. */
  readonly flags?: Readonly<Record<string, string>>;
}

export interface ResolvedConfig {
  readonly config: Config;
  /** Where the value of each key came from. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Reads a value from text in the way of its format. */
const registerFormats = (): void => {
  for (const [name, format] of Object.entries(FORMATS)) {
    convict.addFormat({
      name,
      validate: (value: unknown) => {
        const fault = format.fault(value);
        if (fault !== undefined) throw new Error(fault);
      },
      coerce: (value: unknown) => (typeof value === 'string' ? format.fromText(value) : value),
    });
  }
};

type ConvictSchema = { [name: string]: ConvictSchema | convict.SchemaObj<unknown> };

const forConvict = (section: Section): ConvictSchema =>
  Object.fromEntries(
    Object.entries(section).map(([name, node]) => [
      name,
      isKey(node) ? { ...node, nullable: node.default === null } : forConvict(node),
    ]),
  );

const valueAt = (tree: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (node, name) =>
        typeof node === 'object' && node !== null && Object.hasOwn(node, name)
          ? (node as Readonly<Record<string, unknown>>)[name]
          : undefined,
      tree,
    );

const isSet = (value: unknown): boolean => value !== null && value !== undefined;

/** A frozen copy of the values that the schema names; a key that is not set is undefined. */
const freeze = (section: Section, path: string, valueOf: (key: string) => unknown): unknown =>
  Object.freeze(
    Object.fromEntries(
      Object.entries(section).map(([name, node]) => {
        const key = path === '' ? name : `${path}.${name}`;
        if (!isKey(node)) return [name, freeze(node, key, valueOf)];
        const value = valueOf(key) ?? undefined;
        return [name, Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value];
      }),
    ),
  );

const originOf = (
  path: string,
  key: Key,
  sources: ConfigSources,
  env: Readonly<Record<string, string>>,
  content: Readonly<Record<string, unknown>>,
): Origin => {
  if (Object.hasOwn(sources.flags ?? {}, path)) return { kind: 'flag', name: path };
  if (Object.hasOwn(env, key.env)) return { kind: 'environment', name: key.env };
  if (sources.file !== undefined && valueAt(content, path) !== undefined) {
    return { kind: 'file', name: sources.file };
  }
  return { kind: 'default' };
};

/** A secret may stand in a file of its own; where both are given, that is an issue. */
const readSecrets = (
  valueOf: (key: string) => unknown,
  originOfKey: (key: string) => Origin,
): { readonly secrets: ReadonlyMap<string, string>; readonly issues: readonly ConfigIssue[] } => {
  const secrets = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  for (const [secret, fileKey] of SECRET_FILES) {
    const file = valueOf(fileKey);
    if (typeof file !== 'string') continue;
    const origin = originOfKey(fileKey);
    if (isSet(valueOf(secret))) {
      issues.push({ key: fileKey, message: `must not be given together with ${secret}`, origin });
      continue;
    }
    try {
      secrets.set(secret, readSecretFile(file));
    } catch (error) {
      issues.push({ key: fileKey, message: (error as Error).message, origin });
    }
  }
  return { secrets, issues };
};

/** What is wrong with files that would otherwise be missed only once a connection is opened. */
const connectionFileIssues = (
  valueOf: (key: string) => unknown,
  originOfKey: (key: string) => Origin,
): readonly ConfigIssue[] =>
  CONNECTION_FILES.flatMap((key): readonly ConfigIssue[] => {
    const file = valueOf(key);
    if (typeof file !== 'string') return [];
    try {
      readNamedFile(file);
      return [];
    } catch (error) {
      return [{ key, message: (error as Error).message, origin: originOfKey(key) }];
    }
  });

/** An empty variable counts as not set: Compose and Helm write one for a value that was left out. */
const variablesThatAreSet = (env: ConfigSources['env']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''),
  );

/** As `loadConfig`, with the origin of each value. */
export const resolveConfig = (sources: ConfigSources): ResolvedConfig => {
  const { content, issues: shapeIssues } =
    sources.file === undefined ? { content: {}, issues: [] } : readConfigFile(sources.file, SCHEMA);
  const known = new Set(KEYS.map(([path]) => path));
  const flagIssues = Object.keys(sources.flags ?? {})
    .filter((path) => !known.has(path))
    .map((key): ConfigIssue => {
      const message = 'is no key of the configuration: see config/reference.md';
      return { key, message, origin: { kind: 'flag', name: key } };
    });
  const structure = [...shapeIssues, ...flagIssues];
  if (structure.length > 0) throw new ConfigError(structure);

  registerFormats();
  const env = variablesThatAreSet(sources.env);
  const loaded = convict<unknown>(forConvict(SCHEMA), { env, args: [] });
  loaded.load(content);
  for (const [path, text] of Object.entries(sources.flags ?? {})) loaded.set(path, text);

  const tree: unknown = loaded.getProperties();
  const origins = new Map(
    KEYS.map(([path, key]) => [path, originOf(path, key, sources, env, content)] as const),
  );
  const originOfKey = (path: string): Origin => origins.get(path) ?? { kind: 'default' };
  const issues = KEYS.flatMap(([path, key]): readonly ConfigIssue[] => {
    const value = valueAt(tree, path);
    if (!isSet(value) && key.default === null) return [];
    const message = FORMATS[key.format].fault(value);
    return message === undefined ? [] : [{ key: path, message, origin: originOfKey(path) }];
  });
  if (issues.length > 0) throw new ConfigError(issues);
  loaded.validate({ allowed: 'strict' });

  const { secrets, issues: secretIssues } = readSecrets((key) => valueAt(tree, key), originOfKey);
  if (secretIssues.length > 0) throw new ConfigError(secretIssues);
  const config = freeze(SCHEMA, '', (key) => secrets.get(key) ?? valueAt(tree, key)) as Config;
  const together = crossCheck(config).map(([key, message]): ConfigIssue => ({
    key,
    message,
    origin: originOfKey(key),
  }));
  if (together.length > 0) throw new ConfigError(together);
  const fileIssues = connectionFileIssues((key) => valueAt(tree, key), originOfKey);
  if (fileIssues.length > 0) throw new ConfigError(fileIssues);
  return { config, origins };
};

/**
 * The configuration from its defaults, the file, the environment and the flags, each of which overrides the one
 * before. Throws ConfigError with every issue found.
 */
export const loadConfig = (sources: ConfigSources): Config => resolveConfig(sources).config;

/** Names the configuration file where no option does. */
export const FILE_VARIABLE = 'DRIFTLINE_CONFIG_FILE';

/** Variables of the debugger's switch, the local stack, the tests and their runs: none sets a key. */
const OTHER_VARIABLES = /^DRIFTLINE_(DEBUG$|CI_RUN$|STACK_|TEST_|FAULT_)/;

/** What Kubernetes adds to each pod for a service whose name starts with `driftline`. */
const isServiceVariable = (name: string, value: string): boolean =>
  /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value));

/** Variables that start with DRIFTLINE_ and set nothing: most often a misspelled key. */
export const unknownVariables = (env: ConfigSources['env']): readonly string[] => {
  const known = new Set<string>(KEYS.map(([, key]) => key.env));
  return Object.entries(env)
    .filter(
      ([name, value = '']) =>
        name.startsWith('DRIFTLINE_') &&
        !OTHER_VARIABLES.test(name) &&
        name !== FILE_VARIABLE &&
        !known.has(name) &&
        !isServiceVariable(name, value),
    )
    .map(([name]) => name)
    .sort();
};
