import { isJsonObject } from './json.ts';
import type { JsonValue } from './json.ts';

/**
 * What providers write in an audit record in place of a secret. CloudTrail: `HIDDEN_DUE_TO_SECURITY_REASONS`
 * (ssm, rolesanywhere, bedrock), `<sensitiveDataRemoved>` (ec2 user data), `****` (rds passwords),
 * `Value hidden due to security reasons.` (ssm sessions); all seen in records.
 */
const HIDDEN =
  /^(HIDDEN_DUE_TO_SECURITY_REASONS|<?sensitiveDataRemoved>?|\*{3,}|Value hidden due to security reasons\.?|REDACTED)$/i;

const MAX_DEPTH = 32;

/** Whether the value, or any value within it, was taken out of the record. */
export const isHidden = (value: JsonValue, depth = 0): boolean => {
  if (typeof value === 'string') return value.length < 64 && HIDDEN.test(value);
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.some((item: JsonValue) => isHidden(item, depth + 1));
  return isJsonObject(value) && Object.values(value).some((item) => isHidden(item, depth + 1));
};
