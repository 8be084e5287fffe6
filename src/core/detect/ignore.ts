import type { CandidateKind } from '../model/drift-candidate.ts';
import { compileGlobs, type GlobMatcher } from '../model/glob.ts';
import { compileIgnorePattern, type IgnorePattern } from '../model/ignore-pattern.ts';
import { endOfRule, type IgnoreRule, type Patterns } from '../model/ignore-rule.ts';

/** What of a candidate the rules look at. */
export interface IgnoreSubject {
  readonly kind: CandidateKind;
  /** When the act happened, in milliseconds since the epoch: rules that ended before do not count. */
  readonly time: number;
  readonly type: string;
  /** Values by which the resource is known: ids, names, ARNs. */
  readonly names: readonly string[];
  readonly address: string | undefined;
  readonly operation: string;
  /** `<service>:<Operation>`: a rule may name the operation either way. */
  readonly operationKey: string;
  readonly principal: string | undefined;
  /** The actor as it is shown. */
  readonly actorName: string | undefined;
  readonly account: string | undefined;
  readonly environment: string | undefined;
  /** Paths of the attributes that the act set. */
  readonly paths: readonly string[];
}

/** The id of the rule that takes the candidate out. */
export type IgnoreStep = (subject: IgnoreSubject) => string | undefined;

/** Patterns over `type.id`: true where the last that matches takes, undefined where none matches. */
type Lines = (subject: IgnoreSubject, path: string | undefined) => boolean | undefined;

interface CompiledRule {
  readonly id: string;
  readonly ends: number;
  readonly test: (subject: IgnoreSubject) => boolean;
  readonly resource: Lines | undefined;
  readonly attribute: GlobMatcher | undefined;
}

interface CompiledLine extends IgnorePattern {
  readonly id: string;
  readonly ends: number;
}

const asList = (patterns: Patterns): readonly string[] =>
  typeof patterns === 'string' ? [patterns] : patterns;

type ValuesOf = (subject: IgnoreSubject) => readonly (string | undefined)[];

const VALUES = {
  type: ({ type }) => [type],
  address: ({ address }) => [address],
  operation: ({ operation, operationKey }) => [operation, operationKey],
  principal: ({ principal }) => [principal],
  actor: ({ principal, actorName }) => [principal, actorName],
  account: ({ account }) => [account],
  environment: ({ environment }) => [environment],
} as const satisfies Partial<Record<keyof IgnoreRule, ValuesOf>>;

const FIELDS = Object.keys(VALUES) as readonly (keyof typeof VALUES)[];

/** Patterns that the loader has refused do not come here; one that does matches nothing. */
const compiled = (line: string): readonly IgnorePattern[] => {
  const pattern = compileIgnorePattern(line);
  return 'fault' in pattern ? [] : [pattern];
};

/** Positions as parts of a path, as driftctl writes them: `ingress[0].from_port` as `ingress.0.from_port`. */
const dotted = (path: string): string => path.replace(/\[(\d*)\]/g, '.$1');

/** An address that is written as `type.id` is: a line that is written so means the id. */
const isLikeId = (address: string, type: string): boolean =>
  address.startsWith(`${type}.`) && !address.includes('[');

/**
 * Whether a line names the resource by one of its names or its address, or the attribute where a path is given. What
 * may be an id or an address keeps both, and takes the id alone.
 */
const matchesSubject = (
  { keeps, matches, matchesId }: IgnorePattern,
  { type, names, address }: IgnoreSubject,
  path: string | undefined,
): boolean => {
  const part = path === undefined ? undefined : dotted(path);
  if (names.some((name) => matchesId(type, name, part))) return true;
  if (address === undefined || (!keeps && isLikeId(address, type))) return false;
  return matches(part === undefined ? address : `${address}.${part}`);
};

const compileResource = (patterns: Patterns): Lines => {
  const lines = asList(patterns).flatMap(compiled);
  return (subject, path) => {
    const last = lines.findLast((line) => matchesSubject(line, subject, path));
    return last === undefined ? undefined : !last.keeps;
  };
};

const compileRule = (rule: IgnoreRule): readonly CompiledRule[] => {
  const tests = FIELDS.flatMap((field) => {
    const patterns = rule[field];
    if (patterns === undefined) return [];
    const matches = compileGlobs(asList(patterns));
    const valuesOf: ValuesOf = VALUES[field];
    return [
      (subject: IgnoreSubject): boolean =>
        valuesOf(subject).some((value) => value !== undefined && matches(value)),
    ];
  });
  const { id, resource, attribute } = rule;
  // Without a pattern it would take out everything.
  if (tests.length === 0 && resource === undefined && attribute === undefined) return [];
  return [
    {
      id,
      ends: endOfRule(rule),
      test: (subject) => tests.every((test) => test(subject)),
      resource: resource === undefined ? undefined : compileResource(resource),
      attribute: attribute === undefined ? undefined : compileGlobs(asList(attribute)),
    },
  ];
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

/** A rule's say on one attribute, or on the resource as a whole. */
const takesPath = (
  rule: CompiledRule,
  subject: IgnoreSubject,
  path: string | undefined,
): boolean => {
  if (rule.attribute !== undefined && (path === undefined || !matchesPath(rule.attribute, path))) {
    return false;
  }
  return rule.resource === undefined || rule.resource(subject, path) === true;
};

/**
 * The rules, made ready. A creation or a deletion is taken out by what names the resource as a whole. A change is taken
 * out where each attribute that it sets is covered by some rule; the first attribute's rule is named. Rules are tried in
 * their order, then the lines of `.driftignore`, of which the last that matches decides. A rule counts for acts up to the
 * end of its last day. A rule that gives no pattern matches nothing.
 */
export const compileIgnore = (rules: readonly IgnoreRule[]): IgnoreStep => {
  const byFields = rules.filter(({ line }) => line === undefined).flatMap(compileRule);
  const lines: readonly CompiledLine[] = rules.flatMap((rule) =>
    (rule.line === undefined ? [] : compiled(rule.line)).map((pattern) => ({
      ...pattern,
      id: rule.id,
      ends: endOfRule(rule),
    })),
  );
  if (byFields.length + lines.length === 0) return () => undefined;
  return (subject) => {
    const matching = byFields.filter((rule) => subject.time < rule.ends && rule.test(subject));
    const active = lines.filter(({ ends }) => subject.time < ends);
    if (matching.length + active.length === 0) return undefined;
    const takenBy = (path: string | undefined): string | undefined => {
      const rule = matching.find((each) => takesPath(each, subject, path));
      if (rule !== undefined || active.length === 0) return rule?.id;
      const last = active.findLast((line) => matchesSubject(line, subject, path));
      return last?.keeps === false ? last.id : undefined;
    };
    const byAttribute = subject.kind === 'changed' || subject.kind === 'restored';
    if (!byAttribute || subject.paths.length === 0) return takenBy(undefined);
    const ids = subject.paths.map(takenBy);
    return ids.every((id) => id !== undefined) ? ids[0] : undefined;
  };
};
