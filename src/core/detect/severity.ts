import type {
  ActorVerdict,
  CandidateKind,
  Change,
  Severity,
  SeverityVerdict,
} from '../model/drift-candidate.ts';
import { SEVERITIES } from '../model/drift-candidate.ts';
import { keptByName, keptByPair } from '../model/bounded-cache.ts';
import { compileGlob } from '../model/glob.ts';
import { compileAttributeRows } from '../model/attribute-match.ts';
import { compileOpenings } from '../model/opened-values.ts';
import type { SeverityTable } from '../model/provider-tables.ts';

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
  /** The reason with its points. */
  readonly line: string;
}

const addition = (score: number, reason: string): Addition => ({
  score,
  line: `${reason} (${score < 0 ? '' : '+'}${score})`,
});

const MAX_SCORE = 100;

/** A change whose attribute no row knows weighs nothing, and is more than one that lowers the score. */
const NO_WEIGHT: AttributeWeight = { match: '', score: 0, reason: '' };

type AttributeWeight = SeverityTable['attributes'][number];

/** What the weightiest of the changed attributes adds, the first of these; undefined where none counts. */
const heaviestOf = (
  changes: readonly Change[],
  { kind, type }: SeveritySubject,
  weightAt: (type: string, path: string) => AttributeWeight,
): Addition | undefined => {
  let most: AttributeWeight | undefined;
  let at = '';
  for (const { path } of changes) {
    const row = weightAt(type, path);
    // That only a tag was set makes a change small, not a creation or a deletion.
    if (row.score < 0 && kind !== 'changed') continue;
    if (most !== undefined && row.score <= most.score) continue;
    most = row;
    at = path;
  }
  if (most === undefined || most === NO_WEIGHT) return undefined;
  const { score, category, reason } = most;
  return addition(score, `${category === undefined ? reason : `${category}: ${reason}`}, by ${at}`);
};

/** Types and environments come from tables and published states; principals, and paths of tags, from records. */
const MAX_NAMES = 5_000;
const MAX_PATHS = 10_000;

const levelOf = (score: number, levels: SeverityTable['levels']): Severity =>
  SEVERITIES.findLast((level) => score >= levels[level]) ?? 'informational';

const isUntrustedIac = (actor: ActorVerdict): boolean =>
  actor.class === 'iac_pipeline' && !actor.trusted;

type FindAddition = (name: string) => Addition | undefined;

/** What is found for a name, nothing included, is told once for each. */
const findOnce = (find: FindAddition): FindAddition => {
  const told = keptByName((name) => ({ of: find(name) }), MAX_NAMES);
  return (name) => told(name).of;
};

/** What the first row whose glob matches a name adds. */
const compileRows = (rows: SeverityTable['types'] = []): FindAddition => {
  const ready = rows.map(({ match, score, reason }) => ({
    matches: compileGlob(match),
    of: addition(score, reason),
  }));
  return findOnce((name) => ready.find(({ matches }) => matches(name))?.of);
};

/** What the first pattern that matches the environment adds. */
const compilePlaces = (scores: SeverityTable['environments']): FindAddition => {
  const rows = Object.entries(scores).map(([pattern, score]) => ({
    isPlace: compileGlob(pattern),
    score,
  }));
  return findOnce((environment) => {
    const row = rows.find(({ isPlace }) => isPlace(environment));
    return row === undefined ? undefined : addition(row.score, `environment ${environment}`);
  });
};

const compileScores = (
  scores: Readonly<Record<string, number>>,
  reasonOf: (name: string) => string,
): FindAddition => {
  const additions = new Map(
    Object.entries(scores).map(([name, score]) => [name, addition(score, reasonOf(name))]),
  );
  return (name) => additions.get(name);
};

/**
 * The sum of what the table gives for the kind, the resource's type, the weightiest changed attribute, what the
 * values open, the actor and the environment, between 0 and 100. Changes that set what code says add nothing; for
 * `restored` only the kind counts. One more change never lowers the score of a
 * candidate that has any, unless it tells that what stands beside it closes.
 */
export const compileSeverity = (table: SeverityTable): SeverityStep => {
  const attributesOf = compileAttributeRows(table.attributes.map((row) => [row.match, row]));
  const weightAt = keptByPair(
    (type, path) => attributesOf(type).find(({ covers }) => covers(path))?.row ?? NO_WEIGHT,
    MAX_PATHS,
  );
  const types = compileRows(table.types);
  const deletions = compileRows(table.deletions);
  const places = compilePlaces(table.environments);
  const openings = compileOpenings(table);
  const kinds = compileScores(table.kinds, (kind) => kind);
  const actors = compileScores(table.actors, (name) => `actor class ${name}`);
  const principals = compileRows(table.principals);
  const untrustedIac = addition(
    table.untrustedIac,
    'claims to be an IaC tool, principal not trusted',
  );
  return (subject) => {
    const { kind, type, environment, actor } = subject;
    const reasons: string[] = [];
    let sum = 0;
    const add = (more: Addition | undefined): void => {
      if (more === undefined || more.score === 0) return;
      sum += more.score;
      reasons.push(more.line);
    };
    add(kinds(kind));
    if (kind !== 'restored') {
      add(types(type));
      if (kind === 'deleted') add(deletions(type));
      const changes = subject.changes.filter(({ verdict }) => verdict !== 'equals_desired');
      add(heaviestOf(changes, subject, weightAt));
      for (const { score, reason } of openings(changes)) add(addition(score, reason));
      add(actors(actor.class));
      if (actor.principal !== undefined) add(principals(actor.principal));
      if (isUntrustedIac(actor)) add(untrustedIac);
      if (environment !== undefined) add(places(environment));
    }
    const score = Math.max(0, Math.min(MAX_SCORE, Math.round(sum)));
    const level = levelOf(score, table.levels);
    const id = (SEVERITIES.indexOf(level) + 1) as SeverityVerdict['id'];
    return { level, id, score, reasons };
  };
};
