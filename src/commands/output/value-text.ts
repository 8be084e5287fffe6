import type { JsonValue } from '../../core/model/json.ts';
import { isRedacted } from '../../core/model/redacted-value.ts';
import { fit, terminalText } from './terminal-text.ts';

const MAX_VALUE = 80;
/** What is shown of the same beginning of values that differ later. */
const LEAD = 20;

const wholeText = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return '(none)';
  if (isRedacted(value)) return '(secret)';
  const text = JSON.stringify(value, (_key, member: unknown) =>
    isRedacted(member) ? '(secret)' : member,
  );
  return terminalText(text);
};

/** A value as JSON on one line, at most 80 characters; a secret's marker as `(secret)`, no value as `(none)`. */
export const valueText = (value: JsonValue | undefined): string => fit(wholeText(value), MAX_VALUE);

const sharedLength = (texts: readonly string[]): number => {
  const [first = ''] = texts;
  let length = 0;
  while (length < first.length && texts.every((text) => text[length] === first[length])) length++;
  return length;
};

/** From shortly before the place where texts of the same beginning differ. */
const windowsOf = (texts: readonly string[]): ReadonlyMap<string, string> => {
  const start = Math.max(0, sharedLength(texts) - LEAD);
  return new Map(texts.map((text) => [text, `…${fit(text.slice(start), MAX_VALUE - 1)}`]));
};

/**
 * Values beside each other, as `valueText` has them, but so that those of the same long beginning show where they
 * differ; and, where all look the same, why they are told at all.
 */
export const differingTexts = (
  values: readonly (JsonValue | undefined)[],
): { readonly texts: readonly string[]; readonly note: string } => {
  const whole = values.map(wholeText);
  const windows = new Map<string, string>();
  for (const same of Map.groupBy(new Set(whole), (text) => fit(text, MAX_VALUE)).values()) {
    if (same.length > 1) for (const [text, shown] of windowsOf(same)) windows.set(text, shown);
  }
  const texts = whole.map((text) => windows.get(text) ?? fit(text, MAX_VALUE));
  const note =
    new Set(texts).size > 1
      ? ''
      : ' (they differ in what is not shown: a secret, or the key of its hash)';
  return { texts, note };
};
