import { FORMATS } from './formats.ts';
import { FILE_VARIABLE } from './load-config.ts';
import { SCHEMA } from './schema.ts';
import { keysOf, type Key, type Section } from './section.ts';

const TITLES: { readonly [Name in keyof typeof SCHEMA]: string } = {
  kafka: 'Kafka',
  unit: 'Unit: what is indexed and committed as one',
  records: 'Records',
  registry: 'Schema registry',
  opensearch: 'OpenSearch',
  desired: 'Desired state',
  detection: 'Detection',
  kubernetes: 'Kubernetes audit events',
  http: 'HTTP',
  shutdown: 'Shutdown',
  watchdog: 'Watchdog',
  log: 'Log',
  traces: 'Traces',
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

const defaultOf = (key: Key): string => {
  if (key.default === null) return 'not set';
  if (!Array.isArray(key.default)) {
    return `\`${typeof key.default === 'string' ? key.default : JSON.stringify(key.default)}\``;
  }
  return key.default.length === 0 ? 'empty' : `\`${key.default.join(',')}\``;
};

const row = ([path, key]: readonly [string, Key]): string =>
  `| \`${path}\` | \`${key.env}\` | ${FORMATS[key.format].label} | ${key.unit ?? ''} | ${defaultOf(key)} | ${cell(key.doc)}${key.sensitive ? ' Never printed.' : ''} |`;

const table = (name: keyof typeof SCHEMA): readonly string[] => [
  `## ${TITLES[name]}`,
  '',
  '| Key | Environment variable | Type | Unit | Default | |',
  '|---|---|---|---|---|---|',
  ...keysOf(SCHEMA[name] satisfies Section, name).map(row),
  '',
];

/** The reference of the configuration as Markdown: a pure function of the schema. */
export const renderReference = (): string =>
  [
    '# Configuration',
    '',
    '<!-- Written by `driftline config reference --write` from src/config. Do not edit. -->',
    '',
    'Values come from their defaults, then the configuration file (JSON, or YAML by its name; `--config`, or what the',
    `variable \`${FILE_VARIABLE}\` names), then the environment, then \`--set key=value\`; each overrides the one`,
    'before. A key that is not listed here is refused. An empty environment variable counts as not set; lists are',
    'separated by commas. Paths are taken from the working folder.',
    '',
    ...(Object.keys(SCHEMA) as (keyof typeof SCHEMA)[]).flatMap(table),
  ].join('\n');
