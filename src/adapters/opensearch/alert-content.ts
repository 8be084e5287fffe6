import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../../core/model/json.ts';
import { refused } from './refusal.ts';
import type { OpenSearchAnswer, OpenSearchTransport } from './transport.ts';

/** The kinds of content, in the order in which they need each other; each is a folder of the files that ship. */
export const ALERT_CONTENT_KINDS = ['monitors', 'log-types', 'rules', 'correlations'] as const;
export type AlertContentKind = (typeof ALERT_CONTENT_KINDS)[number];

/** One file, with the name that OpenSearch knows it by. */
export interface AlertContent {
  readonly kind: AlertContentKind;
  readonly name: string;
  /** The body that creates it: JSON, or YAML of a Sigma rule. */
  readonly body: string;
}

export interface AlertContentReport {
  readonly kind: AlertContentKind;
  readonly name: string;
  /** `absent`: the plugin does not answer. `kept`: there is one of this name, and it stays as it is. */
  readonly action: 'created' | 'kept' | 'absent';
}

const ALERTING = '/_plugins/_alerting';
const ANALYTICS = '/_plugins/_security_analytics';

interface Place {
  readonly create: string;
  readonly search: string;
  readonly query: Readonly<Record<string, string>>;
  readonly searchQuery: Readonly<Record<string, string>>;
}

const RULE_TOPIC = 'driftline_candidates';

const PLACES: Readonly<Record<AlertContentKind, Place>> = {
  monitors: {
    create: `${ALERTING}/monitors`,
    search: `${ALERTING}/monitors/_search`,
    query: {},
    searchQuery: {},
  },
  'log-types': {
    create: `${ANALYTICS}/logtype`,
    search: `${ANALYTICS}/logtype/_search`,
    query: {},
    searchQuery: {},
  },
  rules: {
    create: `${ANALYTICS}/rules`,
    search: `${ANALYTICS}/rules/_search`,
    query: { category: RULE_TOPIC },
    searchQuery: { pre_packaged: 'false' },
  },
  correlations: {
    create: `${ANALYTICS}/correlation/rules`,
    search: `${ANALYTICS}/correlation/rules/_search`,
    query: {},
    searchQuery: {},
  },
};

const ownText = (value: unknown, ...names: readonly string[]): string | undefined => {
  for (const name of names) {
    const found = isJsonObject(value) ? value[name] : undefined;
    if (typeof found === 'string') return found;
  }
  return undefined;
};

/** Where a plugin is not there, no handler has the path. */
const isAbsent = ({ status, body }: OpenSearchAnswer): boolean =>
  status === 404 ||
  status === 405 ||
  (status === 400 && JSON.stringify(body ?? '').includes('no handler found'));

const isIndexMissing = (body: unknown): boolean =>
  /index_not_found|no such index/.test(JSON.stringify(body ?? ''));

/** OpenSearch searches the indices of a monitor when it is made. */
const NO_INDEX_YET =
  'Its indices come with documents: run it once the first events and candidates are there';

/** The plugin is there, and has stored nothing yet: its index comes with the first one. */
const isEmptyStore = ({ status, body }: OpenSearchAnswer): boolean =>
  status === 404 && isIndexMissing(body);

/** Most objects of one kind that are looked through for names that are there. */
const MOST = 1_000;

/** Names that are there; undefined where the plugin does not answer. */
const storedNames = async (
  transport: OpenSearchTransport,
  kind: AlertContentKind,
  signal?: AbortSignal,
): Promise<ReadonlySet<string> | undefined> => {
  const { search, searchQuery } = PLACES[kind];
  const answer = await transport.request(
    {
      method: 'POST',
      path: search,
      query: searchQuery,
      body: JSON.stringify({ size: MOST, query: { match_all: {} } }),
    },
    signal,
  );
  if (isEmptyStore(answer)) return new Set();
  if (isAbsent(answer)) return undefined;
  if (answer.status !== 200) throw refused(`list its ${kind}`, answer);
  const hits =
    isJsonObject(answer.body) && isJsonObject(answer.body.hits) ? answer.body.hits.hits : [];
  return new Set(
    (Array.isArray(hits) ? (hits as unknown[]) : []).flatMap((hit) => {
      const source = isJsonObject(hit) ? hit._source : undefined;
      const inner = isJsonObject(source) ? (source.monitor ?? source.rule ?? source) : undefined;
      return ownText(inner, 'name', 'title') ?? [];
    }),
  );
};

/**
 * Creates what is not there yet, by name. What is there stays as it is, so that an operator's thresholds, actions and
 * schedules last. Throws as `refused` says, or NoAnswerError of the transport.
 */
export const applyAlertContent = async (
  transport: OpenSearchTransport,
  content: readonly AlertContent[],
  signal?: AbortSignal,
): Promise<readonly AlertContentReport[]> => {
  const reports: AlertContentReport[] = [];
  for (const kind of ALERT_CONTENT_KINDS) {
    const own = content.filter((each) => each.kind === kind);
    if (own.length === 0) continue;
    const stored = await storedNames(transport, kind, signal);
    for (const { name, body } of own) {
      if (stored === undefined || stored.has(name)) {
        reports.push({ kind, name, action: stored === undefined ? 'absent' : 'kept' });
        continue;
      }
      const { create, query } = PLACES[kind];
      const answer = await transport.request({ method: 'POST', path: create, query, body }, signal);
      if (answer.status !== 200 && answer.status !== 201)
        throw refused(
          `take "${name}" of ${kind}`,
          answer,
          isIndexMissing(answer.body) ? NO_INDEX_YET : '',
        );
      reports.push({ kind, name, action: 'created' });
    }
  }
  return reports;
};

const contentOf = (kind: AlertContentKind, path: string, text: string): AlertContent => {
  if (kind === 'rules') {
    const [, name] = /^title: (.+)$/m.exec(text) ?? [];
    if (name === undefined) throw new Error(`${path} has no title`);
    return { kind, name: name.trim(), body: text };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error });
  }
  const body = kind === 'log-types' && isJsonObject(parsed) ? parsed.log_type : parsed;
  const name = ownText(body, 'name');
  if (name === undefined) throw new Error(`${path} has no name`);
  return { kind, name, body: JSON.stringify(body) };
};

/** The content of a folder with a folder for each kind. Throws an Error that names a file which is none. */
export const readAlertContent = async (folder: string): Promise<readonly AlertContent[]> => {
  const found: AlertContent[] = [];
  for (const kind of ALERT_CONTENT_KINDS) {
    const suffix = kind === 'rules' ? '.yml' : '.json';
    const names = (await readdir(join(folder, kind))).filter((name) => name.endsWith(suffix));
    for (const name of names.toSorted()) {
      const path = join(folder, kind, name);
      found.push(contentOf(kind, path, await readFile(path, 'utf8')));
    }
  }
  return found;
};
