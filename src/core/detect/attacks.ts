import { compileAttributeMatch } from '../model/attribute-match.ts';
import type { AttackRow, AttackTable } from '../model/attack-table.ts';
import type { Attack, AttackName, CandidateKind, Change } from '../model/drift-candidate.ts';
import { compileGlobs } from '../model/glob.ts';
import type { OpeningFinder } from '../model/opened-values.ts';

export interface AttackSubject {
  readonly kind: CandidateKind;
  readonly type: string;
  readonly operationKey: string;
  readonly changes: readonly Change[];
}

/** The techniques that the act is a case of where it is meant ill, in the order of the table. */
export type AttackStep = (subject: AttackSubject) => readonly Attack[];

type Test = (subject: AttackSubject, changes: readonly Change[]) => boolean;

const attributeTest = ({ attributes = [], values, removes = false }: AttackRow): Test => {
  const matchers = attributes.map(compileAttributeMatch);
  const isMeant = ({ action, observed }: Change): boolean =>
    (removes || action !== 'remove') &&
    (values === undefined || values.some((value) => value === observed));
  return ({ kind, type }, changes) =>
    kind === 'changed' &&
    changes.some(
      (change) => isMeant(change) && matchers.some((matches) => matches(type, change.path)),
    );
};

const compileRow = (row: AttackRow): Test => {
  const isOperation = compileGlobs(row.operations ?? []);
  const isDeleted = compileGlobs(row.deleted ?? []);
  const isCreated = compileGlobs(row.created ?? []);
  const byAttribute = attributeTest(row);
  return (subject, changes) =>
    isOperation(subject.operationKey) ||
    (subject.kind === 'deleted' && isDeleted(subject.type)) ||
    (subject.kind === 'unmanaged' && isCreated(subject.type)) ||
    byAttribute(subject, changes);
};

/** `T1562.008` is a sub-technique of `T1562`. */
const parentOf = (uid: string): string => uid.split('.', 1)[0] ?? uid;

const attackOf = (uid: string, table: AttackTable): Attack => {
  const named = (id: string): AttackName => ({ uid: id, name: table.techniques[id]?.name ?? id });
  const tactic = table.techniques[uid]?.tactic ?? '';
  const parent = parentOf(uid);
  return {
    version: table.version,
    tactic: { uid: tactic, name: table.tactics[tactic] ?? tactic },
    technique: named(parent),
    ...(parent === uid ? {} : { sub_technique: named(uid) }),
  };
};

/** What sets a resource to what code says is no attack. */
export const compileAttacks = (table: AttackTable, openings: OpeningFinder): AttackStep => {
  const attacks = new Map(
    table.rows.map(({ technique }) => [technique, attackOf(technique, table)]),
  );
  const rows = table.rows.map((row) => ({ ...row, test: compileRow(row) }));
  return (subject) => {
    if (subject.kind === 'restored') return [];
    const changes = subject.changes.filter(({ verdict }) => verdict !== 'equals_desired');
    const opens = openings(changes).length > 0;
    const found = new Set(
      rows
        .filter((row) => (row.opens !== true || opens) && row.test(subject, changes))
        .map(({ technique }) => technique),
    );
    return [...found].flatMap((technique) => attacks.get(technique) ?? []);
  };
};
