import { compileGlob, type GlobMatcher } from '../model/glob.ts';
import type { IgnoreRule } from '../model/processed-event.ts';

/** What of a candidate the rules look at. */
export interface IgnoreSubject {
  readonly type: string;
  readonly address: string | undefined;
  readonly operation: string;
  /** `<service>:<Operation>`: a rule may name the operation either way. */
  readonly operationKey: string;
  readonly principal: string | undefined;
  readonly account: string | undefined;
  readonly environment: string | undefined;
  /** Paths of the attributes that the act set. */
  readonly paths: readonly string[];
}

/** The id of the rule that takes the candidate out. */
export type IgnoreStep = (subject: IgnoreSubject) => string | undefined;

interface CompiledRule {
  readonly id: string;
  readonly matchesWhole: (subject: IgnoreSubject) => boolean;
  readonly attribute: GlobMatcher | undefined;
}

type TextField = 'type' | 'address' | 'principal' | 'account' | 'environment';
const TEXT_FIELDS: readonly TextField[] = [
  'type',
  'address',
  'principal',
  'account',
  'environment',
];

const compileRule = (rule: IgnoreRule): CompiledRule | undefined => {
  const tests = TEXT_FIELDS.flatMap((field) => {
    const pattern = rule[field];
    if (pattern === undefined) return [];
    const matches = compileGlob(pattern);
    return [
      (subject: IgnoreSubject): boolean => {
        const value = subject[field];
        return value !== undefined && matches(value);
      },
    ];
  });
  if (rule.operation !== undefined) {
    const matches = compileGlob(rule.operation);
    tests.push((subject) => matches(subject.operation) || matches(subject.operationKey));
  }
  if (tests.length === 0 && rule.attribute === undefined) return undefined;
  return {
    id: rule.id,
    matchesWhole: (subject) => tests.every((test) => test(subject)),
    attribute: rule.attribute === undefined ? undefined : compileGlob(rule.attribute),
  };
};

/** A glob names an attribute by its path or by a path above it: `tags` covers `tags.Name` and `tags[0]`. */
const matchesPath = (matches: GlobMatcher, path: string): boolean => {
  if (matches(path)) return true;
  for (let at = 1; at < path.length; at++) {
    const code = path[at];
    if ((code === '.' || code === '[') && matches(path.slice(0, at))) return true;
  }
  return false;
};

/**
 * The rules, tried in order. A rule without `attribute` takes a candidate out as a whole. Rules with `attribute` take
 * it out where every change is covered by one of them; the first change's rule is named. A rule that gives no pattern
 * matches nothing.
 */
export const compileIgnore = (rules: readonly IgnoreRule[]): IgnoreStep => {
  const compiled = rules.flatMap((rule) => compileRule(rule) ?? []);
  if (compiled.length === 0) return () => undefined;
  return (subject) => {
    const matching = compiled.filter((rule) => rule.matchesWhole(subject));
    const whole = matching.find((rule) => rule.attribute === undefined);
    if (whole !== undefined) return whole.id;
    const byPath = subject.paths.map(
      (path) =>
        matching.find((rule) => rule.attribute !== undefined && matchesPath(rule.attribute, path))
          ?.id,
    );
    return byPath.length > 0 && byPath.every((id) => id !== undefined) ? byPath[0] : undefined;
  };
};
