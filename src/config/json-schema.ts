import { FORMATS, type FormatName } from './formats.ts';
import { SCHEMA } from './schema.ts';
import { isKey, type Key, type Section } from './section.ts';

type Json = Readonly<Record<string, unknown>>;

const TEXT: Json = { type: 'string', minLength: 1 };
const DAY_MS = 86_400_000;
const GIBIBYTE = 1_073_741_824;

const whole = (minimum: number, maximum: number): Json => ({ type: 'integer', minimum, maximum });

const TYPES: Readonly<Partial<Record<FormatName, Json>>> = {
  flag: { type: 'boolean' },
  count: whole(1, 1_000_000),
  bytes: whole(1, GIBIBYTE),
  milliseconds: whole(1, DAY_MS),
  port: whole(0, 65_535),
  url: { type: 'string', pattern: '^https?://' },
  urls: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^https?://' } },
  brokers: { type: 'array', minItems: 1, items: { type: 'string', pattern: ':[0-9]+$' } },
  topic: { type: 'string', pattern: '^[a-zA-Z0-9._-]{1,249}$' },
  'index-name': { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,199}$' },
};

/** The words of a label that lists them; undefined where it lists none. */
const wordsOf = (label: string): readonly string[] | undefined => {
  const words = label.split(', ');
  return words.length > 1 ? words : undefined;
};

const typeOf = (format: FormatName): Json => {
  const known = TYPES[format];
  if (known !== undefined) return known;
  const { label } = FORMATS[format];
  if (!label.startsWith('list of ')) {
    const words = wordsOf(label);
    return words === undefined ? TEXT : { enum: words };
  }
  const words = wordsOf(label.slice('list of '.length));
  return { type: 'array', items: words === undefined ? TEXT : { enum: words } };
};

const keySchema = (key: Key): Json => ({
  description: key.unit === undefined ? key.doc : `${key.doc} (${key.unit})`,
  ...(key.default === null ? {} : { default: key.default }),
  ...(key.sensitive ? { writeOnly: true } : {}),
  ...typeOf(key.format),
});

const sectionSchema = (section: Section): Json => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(section).map(([name, node]) => [
      name,
      isKey(node) ? keySchema(node) : sectionSchema(node),
    ]),
  ),
});

/** The schema of the configuration file for editors: a pure function of the keys. */
export const renderJsonSchema = (): string => {
  const { properties, ...rest } = sectionSchema(SCHEMA);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Written by `driftline config schema --write` from src/config. Do not edit.',
    title: 'Configuration of Driftline',
    ...rest,
    properties: { $schema: { type: 'string' }, ...(properties as Json) },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
};
