import type { AttackRow, AttackTable } from '../model/attack-table.ts';
import { compileAttributeRows } from '../model/attribute-match.ts';
import { keptByName } from '../model/bounded-cache.ts';
import type { Attack, AttackName, CandidateKind, Change } from '../model/drift-candidate.ts';
import { compileGlobs, type GlobMatcher } from '../model/glob.ts';
import { compileClosing, withoutClosed, type OpeningFinder } from '../model/opened-values.ts';

export interface AttackSubject {
  readonly kind: CandidateKind;
  readonly type: string;
  readonly operationKey: string;
  readonly changes: readonly Change[];
}

/** The techniques that the act is a case of where it is meant ill, in the order of the table. */
export type AttackStep = (subject: AttackSubject) => readonly Attack[];

/** Rows by what they name word for word, beside those that name it by globs. */
const compileNames = (
  rows: readonly AttackRow[],
  namesOf: (row: AttackRow) => readonly string[] | undefined,
): ((name: string) => readonly AttackRow[]) => {
  const exact = new Map<string, AttackRow[]>();
  const globs: { readonly row: AttackRow; readonly matches: GlobMatcher }[] = [];
  for (const row of rows) {
    const names = namesOf(row) ?? [];
    const patterns = names.filter((name) => /[*?]/.test(name));
    if (patterns.length > 0) globs.push({ row, matches: compileGlobs(patterns) });
    for (const name of names) exact.set(name, [...(exact.get(name) ?? []), row]);
  }
  return keptByName(
    (name) => [
      ...(exact.get(name) ?? []),
      ...globs.filter(({ matches }) => matches(name)).map(({ row }) => row),
    ],
    MAX_NAMES,
  );
};

/** Names of operations and types come from records and states, too. */
const MAX_NAMES = 5_000;

const isMeant = ({ removes = false, values }: AttackRow, { action, observed }: Change): boolean =>
  (removes || action !== 'remove') &&
  (values === undefined || values.some((value) => value === observed));

type Counting = (row: AttackRow, changes: readonly Change[]) => readonly Change[];

/** The changes that count for a row: none that a value of its `unless` closes. */
const compileCounting = (rows: readonly AttackRow[]): Counting => {
  const tests = new Map(
    rows.flatMap(({ unless }) => {
      if (unless === undefined) return [];
      const words = Object.entries(unless).map(
        ([key, texts]) => [key, texts.filter((text) => text !== '*')] as const,
      );
      const [any, word] = [unless, Object.fromEntries(words)].map(compileClosing);
      return any === undefined || word === undefined ? [] : [[unless, { any, word }] as const];
    }),
  );
  return ({ unless }, changes) => {
    const test = unless === undefined ? undefined : tests.get(unless);
    if (test === undefined) return changes;
    // Where code has a list too, it is not known whether the act's closes more or less.
    return withoutClosed(changes, ({ desired }) => (desired === undefined ? test.any : test.word));
  };
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

const NONE: readonly AttackRow[] = [];
const NO_ATTACKS: readonly Attack[] = [];

/** What sets a resource to what code says is no attack. */
export const compileAttacks = (table: AttackTable, openings: OpeningFinder): AttackStep => {
  const { rows } = table;
  const order = new Map(rows.map((row, at) => [row, at]));
  const attacks = new Map(rows.map(({ technique }) => [technique, [attackOf(technique, table)]]));
  const byOperation = compileNames(rows, ({ operations }) => operations);
  const byDeletion = compileNames(rows, ({ deleted }) => deleted);
  const byCreation = compileNames(rows, ({ created }) => created);
  const byAttribute = compileAttributeRows(
    rows.flatMap((row) => (row.attributes ?? []).map((match) => [match, row] as const)),
  );
  const counting = compileCounting(rows);
  const byKind = (
    { kind, type }: AttackSubject,
    changes: readonly Change[],
  ): readonly AttackRow[] => {
    if (kind === 'deleted') return byDeletion(type);
    if (kind === 'unmanaged') {
      return byCreation(type).filter(
        (row) => changes.length === 0 || counting(row, changes).length > 0,
      );
    }
    if (changes.length === 0) return NONE;
    let found = NONE;
    for (const { row, covers } of byAttribute(type)) {
      const isCase = (change: Change): boolean => covers(change.path) && isMeant(row, change);
      // What counts is told at some length, and is a part of the changes.
      if (changes.some(isCase) && counting(row, changes).some(isCase)) found = [...found, row];
    }
    return found;
  };
  return (subject) => {
    if (subject.kind === 'restored') return NO_ATTACKS;
    const changes = subject.changes.filter(({ verdict }) => verdict !== 'equals_desired');
    const named = byOperation(subject.operationKey);
    const ofKind = byKind(subject, changes);
    if (named.length + ofKind.length === 0) return NO_ATTACKS;
    let opened: boolean | undefined;
    const opens = (): boolean => (opened ??= openings(changes).length > 0);
    const found = [...named, ...ofKind].filter((row) => row.opens !== true || opens());
    const [only] = found;
    if (only === undefined) return NO_ATTACKS;
    if (found.length === 1) return attacks.get(only.technique) ?? NO_ATTACKS;
    found.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
    const techniques = new Set(found.map(({ technique }) => technique));
    return [...techniques].flatMap((technique) => attacks.get(technique) ?? NO_ATTACKS);
  };
};
