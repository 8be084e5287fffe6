import type { JsonValue } from '../../core/model/json.ts';
import { isRedacted } from '../../core/model/redacted-value.ts';
import { fit, terminalText } from './terminal-text.ts';

const MAX_VALUE = 80;

/** A value as JSON on one line, at most 80 characters; a secret's marker as `(secret)`, no value as `(none)`. */
export const valueText = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return '(none)';
  if (isRedacted(value)) return '(secret)';
  const text = JSON.stringify(value, (_key, member: unknown) =>
    isRedacted(member) ? '(secret)' : member,
  );
  return fit(terminalText(text), MAX_VALUE);
};
