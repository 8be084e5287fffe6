import type {
  ActorVerdict,
  CandidateKind,
  Change,
  Severity,
  SeverityVerdict,
} from '../model/drift-candidate.ts';
import { SEVERITIES } from '../model/drift-candidate.ts';
import { compileGlob, type GlobMatcher } from '../model/glob.ts';
import { compileAttributeRows, type AttributeRow } from '../model/attribute-match.ts';
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
  readonly reason: string;
}

const MAX_SCORE = 100;

/** A change whose attribute no row knows weighs nothing, and is more than one that lowers the score. */
const NO_WEIGHT: Addition = { score: 0, reason: 'an attribute that is not weighed' };

type AttributeWeight = SeverityTable['attributes'][number];

/** What the weightiest of the changed attributes adds, the first of these; undefined where none counts. */
const heaviestOf = (
  changes: readonly Change[],
  kind: CandidateKind,
  attributes: readonly AttributeRow<AttributeWeight>[],
): Addition | undefined => {
  let most: AttributeWeight | Addition | undefined;
  let at = '';
  for (const { path } of changes) {
    const row = attributes.find(({ covers }) => covers(path))?.row ?? NO_WEIGHT;
    // That only a tag was set makes a change small, not a creation or a deletion.
    if (row.score < 0 && kind !== 'changed') continue;
    if (most !== undefined && row.score <= most.score) continue;
    most = row;
    at = path;
  }
  if (most === undefined || most === NO_WEIGHT) return most;
  const { score, category, reason } = most as AttributeWeight;
  return {
    score,
    reason: `${category === undefined ? reason : `${category}: ${reason}`}, by ${at}`,
  };
};

/** What the type adds by itself, and where it is deleted. */
interface TypeWeight {
  readonly of: Addition | undefined;
  readonly deleted: Addition | undefined;
}

/** Types come from tables and published states. */
const MAX_TYPES = 5_000;

const levelOf = (score: number, levels: SeverityTable['levels']): Severity =>
  SEVERITIES.findLast((level) => score >= levels[level]) ?? 'informational';

const described = ({ score, reason }: Addition): string =>
  `${reason} (${score < 0 ? '' : '+'}${score})`;

const isUntrustedIac = (actor: ActorVerdict): boolean =>
  actor.class === 'iac_pipeline' && !actor.trusted;

/**
 * The sum of what the table gives for the kind, the resource's type, the weightiest changed attribute, what the
 * values open, the actor and the environment, between 0 and 100. Changes that set what code says add nothing; for
 * `restored` only the kind counts. One more change never lowers the score of a
 * candidate that has any, unless it tells that what stands beside it closes.
 */
export const compileSeverity = (table: SeverityTable): SeverityStep => {
  const attributesOf = compileAttributeRows(table.attributes.map((row) => [row.match, row]));
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
  const openings = compileOpenings(table);
  const byType = new Map<string, TypeWeight>();
  const typeOf = (type: string): TypeWeight => {
    let found = byType.get(type);
    if (found === undefined) {
      found = {
        of: types.find((row) => row.glob(type)),
        deleted: deletions.find((row) => row.glob(type)),
      };
      if (byType.size >= MAX_TYPES) byType.clear();
      byType.set(type, found);
    }
    return found;
  };
  const additionsOf = (subject: SeveritySubject): readonly Addition[] => {
    const { kind, type, environment, actor } = subject;
    const kindScore: Addition = { score: table.kinds[kind] ?? 0, reason: kind };
    if (kind === 'restored') return [kindScore];
    const changes = subject.changes.filter((change) => change.verdict !== 'equals_desired');
    const additions: Addition[] = [kindScore];
    const weighed = typeOf(type);
    if (weighed.of !== undefined) additions.push(weighed.of);
    if (kind === 'deleted' && weighed.deleted !== undefined) additions.push(weighed.deleted);
    const heaviest = heaviestOf(changes, kind, attributesOf(type));
    if (heaviest !== undefined) additions.push(heaviest);
    additions.push(...openings(changes), {
      score: table.actors[actor.class] ?? 0,
      reason: `actor class ${actor.class}`,
    });
    if (isUntrustedIac(actor)) {
      additions.push({
        score: table.untrustedIac,
        reason: 'claims to be an IaC tool, principal not trusted',
      });
    }
    const place =
      environment === undefined ? undefined : environments.find(({ glob }) => glob(environment));
    if (place !== undefined) {
      additions.push({ score: place.score, reason: `environment ${environment}` });
    }
    return additions;
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
