import type {
  ActorVerdict,
  CandidateKind,
  Change,
  Severity,
  SeverityVerdict,
} from '../model/drift-candidate.ts';
import { SEVERITIES } from '../model/drift-candidate.ts';
import { compileGlob, type GlobMatcher } from '../model/glob.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { SeverityTable, WildcardRow } from '../model/provider-tables.ts';

export interface SeveritySubject {
  readonly kind: CandidateKind;
  readonly type: string;
  readonly environment: string | undefined;
  readonly changes: readonly Change[];
  readonly actor: ActorVerdict;
}

export type SeverityStep = (subject: SeveritySubject) => SeverityVerdict;

interface Addition {
  readonly score: number;
  readonly reason: string;
}

const DEEPEST = 32;
const MAX_SCORE = 100;

interface Finder {
  readonly publicValues: ReadonlySet<string>;
  readonly publicScore: number;
  readonly wildcards: ReadonlyMap<string, WildcardRow>;
}

const isWildcard = (text: string, row: WildcardRow): boolean =>
  text === '*' || (row.match === 'service' && /^[a-z0-9-]+:\*$/.test(text));

const policyIn = (text: string): JsonValue | undefined => {
  if (text[0] !== '{') return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
};

const findIn = (
  value: JsonValue | undefined,
  row: WildcardRow | undefined,
  finder: Finder,
  found: Map<string, Addition>,
  depth: number,
): void => {
  if (depth > DEEPEST || value === undefined) return;
  if (typeof value === 'string') {
    if (finder.publicValues.has(value)) {
      found.set(value, { score: finder.publicScore, reason: `open to everybody: ${value}` });
    } else if (row !== undefined && isWildcard(value, row)) {
      found.set(row.key, { score: row.score, reason: row.reason });
    } else {
      findIn(policyIn(value), undefined, finder, found, depth + 1);
    }
  } else if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) findIn(item, row, finder, found, depth + 1);
  } else if (isJsonObject(value) && value['Effect'] !== 'Deny') {
    for (const key of Object.keys(value)) {
      const own = finder.wildcards.get(key.toLowerCase());
      findIn(value[key], own ?? row, finder, found, depth + 1);
    }
  }
};

const lastSegment = (path: string): string => /([^.[\]]+)(?:\[\d*\])?$/.exec(path)?.[1] ?? path;

/** What the observed values open: to everybody, or to every action. */
const openings = (changes: readonly Change[], finder: Finder): readonly Addition[] => {
  const found = new Map<string, Addition>();
  for (const change of changes) {
    if (change.action === 'remove') continue;
    const row = finder.wildcards.get(lastSegment(change.path).toLowerCase());
    findIn(change.observed, row, finder, found, 0);
  }
  return [...found.values()];
};

interface PrefixRow extends Addition {
  readonly matches: (type: string, path: string) => boolean;
}

const endsAtSegment = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) &&
  (path.length === prefix.length || path[prefix.length] === '.' || path[prefix.length] === '[');

const compileAttribute = (row: SeverityTable['attributes'][number]): PrefixRow => {
  const dot = row.match.indexOf('.');
  const type = compileGlob(dot < 0 ? row.match : row.match.slice(0, dot));
  const prefix = dot < 0 ? '*' : row.match.slice(dot + 1);
  return {
    score: row.score,
    reason: row.reason,
    matches: (found, path) => type(found) && (prefix === '*' || endsAtSegment(path, prefix)),
  };
};

const highest = (additions: readonly Addition[]): readonly Addition[] => {
  const first = additions[0];
  return first === undefined
    ? []
    : [additions.reduce((best, next) => (next.score > best.score ? next : best), first)];
};

const levelOf = (score: number, levels: SeverityTable['levels']): Severity =>
  SEVERITIES.findLast((level) => score >= levels[level]) ?? 'informational';

const described = ({ score, reason }: Addition): string =>
  `${reason} (${score < 0 ? '' : '+'}${score})`;

const isUntrustedIac = (actor: ActorVerdict): boolean =>
  actor.class === 'iac_pipeline' && !actor.trusted;

/**
 * The sum of what the table gives for the kind, the resource's type, the weightiest changed attribute, what the
 * values open, the actor and the environment, between 0 and 100. Changes that set what code says add nothing; for
 * `restored` only the kind counts.
 */
export const compileSeverity = (table: SeverityTable): SeverityStep => {
  const attributes = table.attributes.map(compileAttribute);
  const types = table.types.map((row) => ({ ...row, glob: compileGlob(row.match) }));
  const deletions = (table.deletions ?? []).map((row) => ({
    ...row,
    glob: compileGlob(row.match),
  }));
  const environments: readonly { readonly glob: GlobMatcher; readonly score: number }[] =
    Object.entries(table.environments).map(([pattern, score]) => ({
      glob: compileGlob(pattern),
      score,
    }));
  const finder: Finder = {
    publicValues: new Set(table.publicValues),
    publicScore: table.publicScore,
    wildcards: new Map((table.wildcards ?? []).map((row) => [row.key.toLowerCase(), row])),
  };
  const additionsOf = (subject: SeveritySubject): readonly Addition[] => {
    const { kind, type, environment, actor } = subject;
    const kindScore: Addition = { score: table.kinds[kind] ?? 0, reason: kind };
    if (kind === 'restored') return [kindScore];
    const changes = subject.changes.filter((change) => change.verdict !== 'equals_desired');
    const byAttribute = changes.flatMap(({ path }) => {
      const row = attributes.find(({ matches }) => matches(type, path));
      // That only a tag was set makes a change small, not a creation or a deletion.
      return row === undefined || (row.score < 0 && kind !== 'changed') ? [] : row;
    });
    const place = environments.find(({ glob }) => environment !== undefined && glob(environment));
    return [
      kindScore,
      ...types.filter((row) => row.glob(type)).slice(0, 1),
      ...(kind === 'deleted' ? deletions : []).filter((row) => row.glob(type)).slice(0, 1),
      ...highest(byAttribute),
      ...openings(changes, finder),
      { score: table.actors[actor.class] ?? 0, reason: `actor class ${actor.class}` },
      ...(isUntrustedIac(actor)
        ? [{ score: table.untrustedIac, reason: 'claims to be an IaC tool, principal not trusted' }]
        : []),
      ...(place === undefined
        ? []
        : [{ score: place.score, reason: `environment ${environment}` }]),
    ];
  };
  return (subject) => {
    const additions = additionsOf(subject).filter(({ score }) => score !== 0);
    const sum = additions.reduce((total, { score }) => total + score, 0);
    const score = Math.max(0, Math.min(MAX_SCORE, Math.round(sum)));
    const level = levelOf(score, table.levels);
    return {
      level,
      id: (SEVERITIES.indexOf(level) + 1) as SeverityVerdict['id'],
      score,
      reasons: additions.map(described),
    };
  };
};
