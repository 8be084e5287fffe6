import { readFileSync } from 'node:fs';
import type { ConfigIssue } from './config-error.ts';
import { isKey, type Section } from './section.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
      return isObject(value) ? [{ key, message: 'must be a value, not an object', origin }] : [];
    }
    return isObject(value)
      ? checkShape(value, node, file, key)
      : [{ key, message: 'must be an object that holds the keys of this section', origin }];
  });

const wordOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** The content of a JSON configuration file, or what is wrong with it. */
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
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold a password.
    return refuse('The configuration file is not JSON');
  }
  return isObject(content)
    ? { content, issues: checkShape(content, schema, file) }
    : refuse('The configuration file must hold one JSON object');
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
