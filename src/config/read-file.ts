import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { isJsonObject } from '../core/model/json.ts';
import type { ConfigIssue } from './config-error.ts';
import { jsonFaultPlace } from './json-place.ts';
import { isKey, type Section } from './section.ts';

/** Every key of the file that the schema does not have, and every section that is no object. */
const checkShape = (
  content: Readonly<Record<string, unknown>>,
  section: Section,
  file: string,
  parent = '',
): readonly ConfigIssue[] =>
  Object.entries(content).flatMap(([name, value]): readonly ConfigIssue[] => {
    const key = parent === '' ? name : `${parent}.${name}`;
    const origin = { kind: 'file', name: file } as const;
    const node = Object.hasOwn(section, name) ? section[name] : undefined;
    if (node === undefined) {
      return [{ key, message: 'is no key of the configuration: see config/reference.md', origin }];
    }
    if (isKey(node)) {
      return isJsonObject(value)
        ? [{ key, message: 'must be a value, not an object', origin }]
        : [];
    }
    return isJsonObject(value)
      ? checkShape(value, node, file, key)
      : [{ key, message: 'must be an object that holds the keys of this section', origin }];
  });

const wordOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** The content of a configuration file, JSON or YAML by its name, or what is wrong with it. */
export const readConfigFile = (
  file: string,
  schema: Section,
): {
  readonly content: Readonly<Record<string, unknown>>;
  readonly issues: readonly ConfigIssue[];
} => {
  const refuse = (message: string): ReturnType<typeof readConfigFile> => ({
    content: {},
    issues: [{ key: '', message, origin: { kind: 'file', name: file } }],
  });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return refuse(`The configuration file cannot be read: ${wordOf(error)}`);
  }
  const parsed = isYaml(file) ? parseYaml(text) : parseJson(text);
  if ('refused' in parsed) return refuse(parsed.refused);
  if (!isJsonObject(parsed.value)) return refuse('The configuration file must hold one object');
  // For editors: where the schema of the file is.
  const { $schema: _forEditors, ...content } = parsed.value;
  return { content, issues: checkShape(content, schema, file) };
};

const isYaml = (file: string): boolean => /\.ya?ml$/i.test(file);

type Parsed = { readonly value: unknown } | { readonly refused: string };

// The parsers' messages quote the text, which may hold a password: only the place is told.

const parseJson = (text: string): Parsed => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return {
      refused: `The configuration file is not JSON: ${jsonFaultPlace(text)} (YAML is told by .yaml or .yml)`,
    };
  }
};

/** Far more than a configuration needs, and no more than can be expanded at once. */
const MAX_ALIASES = 100;

const parseYaml = (text: string): Parsed => {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const fault = document.errors[0];
  if (fault !== undefined) {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    return { refused: `The configuration file is not YAML: line ${line}, column ${col}` };
  }
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown };
  } catch {
    return { refused: `The configuration file has more than ${MAX_ALIASES} aliases` };
  }
};

/** The text of a file that a key names. Throws an Error that names no content. */
export const readNamedFile = (file: string): string => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`names a file that cannot be read: ${wordOf(error)}`, { cause: error });
  }
  if (text.trim() === '') throw new Error('names a file that is empty');
  return text;
};

/** As `readNamedFile`, without the line end that editors add. */
export const readSecretFile = (file: string): string => readNamedFile(file).replace(/\r?\n$/, '');
