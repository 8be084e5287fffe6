import { ownValue, scalarText, type JsonObject } from './json.ts';

/** Whether an object with these labels is selected. */
export type LabelMatcher = (labels: JsonObject) => boolean;

/** Commas outside of parentheses end a requirement. */
const requirementsOf = (text: string): readonly string[] => {
  const found: string[] = [];
  let start = 0;
  let isListed = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '(') isListed = true;
    else if (character === ')') isListed = false;
    else if (character === ',' && !isListed) {
      found.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...found, text.slice(start)];
};

interface Requirement {
  readonly key: string;
  readonly operator: 'exists' | 'absent' | '=' | '!=' | 'in' | 'notin';
  readonly values: readonly string[];
}

const KEY = /^[\w./-]+/;
const VALUE = /^[\w.-]*$/;

/** Without one expression for all of it: such a one takes time with the square of a run of blanks. */
const parseRequirement = (text: string): Requirement | undefined => {
  const trimmed = text.trim();
  const isAbsent = trimmed.startsWith('!');
  const begun = isAbsent ? trimmed.slice(1).trimStart() : trimmed;
  const key = KEY.exec(begun)?.[0];
  if (key === undefined) return undefined;
  const after = begun.slice(key.length);
  const rest = after.trimStart();
  if (rest === '') return { key, operator: isAbsent ? 'absent' : 'exists', values: [] };
  if (isAbsent) return undefined;
  const equals = (['==', '=', '!='] as const).find((sign) => rest.startsWith(sign));
  if (equals !== undefined) {
    const value = rest.slice(equals.length).trimStart();
    return VALUE.test(value)
      ? { key, operator: equals === '!=' ? '!=' : '=', values: [value] }
      : undefined;
  }
  const among = (['notin', 'in'] as const).find((word) => rest.startsWith(word));
  if (among === undefined || after === rest || !rest.endsWith(')')) return undefined;
  const list = rest.slice(among.length).trimStart();
  const inside = list.slice(1, -1);
  if (!list.startsWith('(') || inside.includes('(') || inside.includes(')')) return undefined;
  return { key, operator: among, values: inside.split(',').map((each) => each.trim()) };
};

const valueOf = (labels: JsonObject, key: string): string | undefined =>
  scalarText(ownValue(labels, key));

const requirement = (text: string): LabelMatcher | undefined => {
  const parsed = parseRequirement(text);
  if (parsed === undefined) return undefined;
  const { key, operator } = parsed;
  const listed = new Set(parsed.values);
  switch (operator) {
    case 'exists':
      return (labels) => valueOf(labels, key) !== undefined;
    case 'absent':
      return (labels) => valueOf(labels, key) === undefined;
    case '=':
    case 'in':
      return (labels) => {
        const own = valueOf(labels, key);
        return own !== undefined && listed.has(own);
      };
    case '!=':
    case 'notin':
      return (labels) => {
        const own = valueOf(labels, key);
        return own === undefined || !listed.has(own);
      };
  }
};

/**
 * The matcher of a label selector such as `app=web,tier in (a,b),!canary`; an empty one selects everything. Undefined
 * for a text that is none.
 * Source: Kubernetes, "Labels and Selectors".
 */
export const compileLabelSelector = (selector: string): LabelMatcher | undefined => {
  if (selector.trim() === '') return () => true;
  const matchers = requirementsOf(selector).map(requirement);
  return matchers.every((matcher) => matcher !== undefined)
    ? (labels) => matchers.every((matches) => matches(labels))
    : undefined;
};
