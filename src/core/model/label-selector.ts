import { ownValue, scalarText, type JsonObject } from './json.ts';

/** Whether an object with these labels is selected. */
export type LabelMatcher = (labels: JsonObject) => boolean;

const REQUIREMENT =
  /^\s*(?:(!)\s*([\w./-]+)|([\w./-]+)\s*(?:(==?|!=)\s*([\w.-]*)|\s(in|notin)\s*\(([^()]*)\))?)\s*$/;

/** Commas outside of parentheses end a requirement. */
const requirementsOf = (text: string): readonly string[] => text.split(/,(?![^()]*\))/);

const valueOf = (labels: JsonObject, key: string): string | undefined => {
  return scalarText(ownValue(labels, key));
};

const requirement = (text: string): LabelMatcher | undefined => {
  const found = REQUIREMENT.exec(text);
  if (found === null) return undefined;
  const [, not, absentKey, key = '', equals, value = '', among, values = ''] = found;
  if (not !== undefined) return (labels) => valueOf(labels, absentKey ?? '') === undefined;
  if (equals !== undefined) {
    return equals === '!='
      ? (labels) => valueOf(labels, key) !== value
      : (labels) => valueOf(labels, key) === value;
  }
  if (among !== undefined) {
    const listed = new Set(values.split(',').map((each) => each.trim()));
    return (labels) => {
      const own = valueOf(labels, key);
      return among === 'in'
        ? own !== undefined && listed.has(own)
        : own === undefined || !listed.has(own);
    };
  }
  return (labels) => valueOf(labels, key) !== undefined;
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
