import { readFileSync, readdirSync } from 'node:fs';
import { parse } from 'yaml';

const FOLDER = new URL('../../deploy/opensearch/alerting/', import.meta.url);

const filesOf = (kind: string): readonly string[] =>
  readdirSync(new URL(`${kind}/`, FOLDER)).toSorted();
const textOf = (kind: string, file: string): string =>
  readFileSync(new URL(`${kind}/${file}`, FOLDER), 'utf8');
const jsonOf = <T>(kind: string): readonly T[] =>
  filesOf(kind).map((file) => JSON.parse(textOf(kind, file)) as T);

interface Condition {
  readonly script: { readonly source: string; readonly lang: string };
}

export interface Trigger {
  readonly query_level_trigger?: { readonly name: string; readonly condition: Condition };
  readonly document_level_trigger?: { readonly name: string; readonly condition: Condition };
  readonly bucket_level_trigger?: {
    readonly name: string;
    readonly condition: Condition & {
      readonly buckets_path: Readonly<Record<string, string>>;
      readonly parent_bucket_path: string;
      readonly gap_policy: string;
    };
  };
}

export interface Monitor {
  readonly type: string;
  readonly name: string;
  readonly monitor_type: string;
  readonly inputs: readonly {
    readonly search?: {
      readonly indices: readonly string[];
      readonly query: Record<string, unknown>;
    };
    readonly doc_level_input?: {
      readonly indices: readonly string[];
      readonly queries: readonly { readonly name: string; readonly query: string }[];
    };
  }[];
  readonly triggers: readonly Trigger[];
}

export const monitors = (): readonly Monitor[] => jsonOf<Monitor>('monitors');

export interface LogType {
  readonly log_type: {
    readonly name: string;
    readonly description: string;
    readonly source: string;
  };
  readonly mappings: {
    readonly index_name: 'audit-events' | 'drift-candidates';
    readonly rule_topic: string;
    readonly alias_mappings: {
      readonly properties: Readonly<
        Record<string, { readonly type: string; readonly path: string }>
      >;
    };
  };
}

export const logTypes = (): readonly LogType[] => jsonOf<LogType>('log-types');

export interface Correlation {
  readonly name: string;
  readonly time_window: number;
  readonly correlate: readonly {
    readonly index: 'audit-events' | 'drift-candidates';
    readonly category: string;
    readonly query: string;
  }[];
}

export const correlations = (): readonly Correlation[] => jsonOf<Correlation>('correlations');

type Selection = Readonly<Record<string, string | readonly string[]>>;

export interface SigmaRule {
  readonly title: string;
  readonly id: string;
  readonly status: string;
  readonly description: string;
  readonly logsource: { readonly product: string };
  readonly detection: Readonly<Record<string, Selection | string>>;
  readonly level: string;
  readonly tags?: readonly string[];
}

export const sigmaRules = (): readonly SigmaRule[] =>
  filesOf('rules').map((file) => parse(textOf('rules', file)) as SigmaRule);

/** A value of a rule is a glob where it has a `*`. */
const clauseOf = (field: string, value: string): object =>
  value.includes('*') ? { wildcard: { [field]: { value } } } : { term: { [field]: { value } } };

/** The search that a rule of ours means: `selection`, and none of the selections of each `and not`. */
export const searchOfRule = ({ detection }: SigmaRule): object => {
  const condition = typeof detection['condition'] === 'string' ? detection['condition'] : '';
  const clauses = (name: string): readonly object[] =>
    Object.entries(detection[name] ?? {}).map(
      ([field, value]: [string, string | readonly string[]]) => ({
        bool: { should: [value].flat().map((each) => clauseOf(field, each)) },
      }),
    );
  const [wanted = '', ...unwanted] = condition.split(' and not ');
  if (![wanted, ...unwanted].every((name) => /^\w+$/.test(name) && name in detection))
    throw new Error(`A condition of another kind: ${condition}`);
  return {
    bool: {
      filter: clauses(wanted),
      must_not: unwanted.map((name) => ({ bool: { filter: clauses(name) } })),
    },
  };
};

/** Fields before a colon in a query string of ours. */
export const queriedFields = (query: string): readonly string[] =>
  [...query.matchAll(/([\w.@]+):/g)].map(([, field = '']) => field);
