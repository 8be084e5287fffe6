import { keptByName } from './bounded-cache.ts';
import type { DesiredResource } from './desired-resource.ts';
import { ownValue, type JsonValue } from './json.ts';

interface Step {
  readonly key: string;
  readonly index: number | undefined;
}

const MAX_KEPT = 10_000;

const stepsOf = keptByName(
  (path): readonly Step[] =>
    path.split('.').map((segment) => {
      const open = segment.indexOf('[');
      return open === -1
        ? { key: segment, index: undefined }
        : { key: segment.slice(0, open), index: Number(segment.slice(open + 1, -1)) };
    }),
  MAX_KEPT,
);

/** The value at `versioning[0].enabled`; a block's list of one may be left out of the path, and the other way. */
export const desiredAt = (owner: DesiredResource, path: string): JsonValue | undefined => {
  let value: JsonValue | undefined = owner.attributes;
  for (const { key, index } of stepsOf(path)) {
    if (Array.isArray(value)) value = (value as readonly JsonValue[])[0];
    value = ownValue(value, key);
    if (index !== undefined && Array.isArray(value)) value = (value as readonly JsonValue[])[index];
    if (value === undefined) return undefined;
  }
  return value;
};
