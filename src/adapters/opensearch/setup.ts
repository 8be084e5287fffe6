import { isDeepStrictEqual } from 'node:util';
import type { OpenSearchAnswer, OpenSearchTransport } from './transport.ts';

/** An index template as its file holds it: the name is the file's name without `.json`. */
export interface TemplateFile {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TemplateReport {
  readonly name: string;
  readonly action: 'created' | 'updated' | 'unchanged';
}

/** OpenSearch did not take a template. */
class SetupError extends Error {
  readonly code = 'opensearch_setup_failed';
  readonly retriable: boolean;

  constructor(message: string, retriable: boolean) {
    super(message);
    this.name = 'SetupError';
    this.retriable = retriable;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SCALARS = ['number', 'boolean', 'string'];

/**
 * One form for a template as written and as OpenSearch gives it back: settings are nested under `index`, and their
 * numbers and flags are text there.
 */
const flatten = (value: unknown, path: string, into: Map<string, unknown>): void => {
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [name, child] of Object.entries(value)) flatten(child, `${path}.${name}`, into);
    return;
  }
  if (Array.isArray(value))
    into.set(
      path,
      value.map((item) => comparable(item)),
    );
  else into.set(path, SCALARS.includes(typeof value) ? String(value) : JSON.stringify(value));
};

const comparable = (value: unknown): unknown => {
  const flat = new Map<string, unknown>();
  flatten(value, '', flat);
  return flat;
};

const comparableTemplate = (body: Readonly<Record<string, unknown>>): unknown => {
  const { template, ...rest } = body;
  const { settings, ...parts } = isObject(template) ? template : {};
  const flatSettings = new Map<string, unknown>();
  flatten(settings ?? {}, '', flatSettings);
  const named = [...flatSettings]
    .filter(([, value]) => value !== '{}')
    .map(([name, value]) => [name.replace(/^\.(?:index\.)?/, ''), value] as const);
  const composed = Array.isArray(rest.composed_of) && rest.composed_of.length === 0;
  const { composed_of, ...others } = rest;
  return [
    comparable(
      composed ? others : { ...others, ...(composed_of === undefined ? {} : { composed_of }) },
    ),
    comparable(parts),
    new Map(named),
  ];
};

/** Whether the template as stored says what the file says. */
export const sameTemplate = (
  file: Readonly<Record<string, unknown>>,
  stored: Readonly<Record<string, unknown>>,
): boolean => isDeepStrictEqual(comparableTemplate(file), comparableTemplate(stored));

const refused = (name: string, what: string, { status, body }: OpenSearchAnswer): SetupError => {
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const detail = typeof error.reason === 'string' ? `: ${error.reason.slice(0, 500)}` : '';
  return new SetupError(
    `OpenSearch refused to ${what} the index template ${name} (${status})${detail}`,
    status === 429 || status >= 500,
  );
};

export const readStored = async (
  transport: OpenSearchTransport,
  name: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const path = `/_index_template/${encodeURIComponent(name)}`;
  const answer = await transport.request({ method: 'GET', path }, signal);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw refused(name, 'show', answer);
  const { index_templates: found } = isObject(answer.body) ? answer.body : {};
  const [first] = Array.isArray(found) ? (found as unknown[]) : [];
  return isObject(first) && isObject(first.index_template) ? first.index_template : undefined;
};

/**
 * Puts the index templates, which bring the aliases, where they differ from what is there. Indexes that exist keep
 * their mapping. Safe to repeat. Throws SetupError, or NoAnswerError of the transport.
 */
export const applyTemplates = async (
  transport: OpenSearchTransport,
  templates: readonly TemplateFile[],
  signal?: AbortSignal,
): Promise<readonly TemplateReport[]> => {
  const reports: TemplateReport[] = [];
  for (const { name, body } of templates) {
    const stored = await readStored(transport, name, signal);
    if (stored !== undefined && sameTemplate(body, stored)) {
      reports.push({ name, action: 'unchanged' });
      continue;
    }
    const path = `/_index_template/${encodeURIComponent(name)}`;
    const answer = await transport.request(
      { method: 'PUT', path, body: JSON.stringify(body) },
      signal,
    );
    if (answer.status !== 200) throw refused(name, 'take', answer);
    reports.push({ name, action: stored === undefined ? 'created' : 'updated' });
  }
  return reports;
};
