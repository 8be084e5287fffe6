import type { Change, ChangeVerdict } from '../../model/drift-candidate.ts';
import { isHidden } from '../../model/hidden-value.ts';
import { base64 } from '../../model/base64.ts';
import { isJsonObject, ownValue, type JsonValue } from '../../model/json.ts';
import type { ObjectTable } from '../../model/object-table.ts';
import {
  isRedacted,
  isSameSecret,
  type RedactedValue,
  type SecretHash,
} from '../../model/redacted-value.ts';
import { objectNames, type ObjectNames } from './object-names.ts';
import { isAbsent, isEmptyValue, isSameValue, setsNothing, type Sameness } from './same-object.ts';

const MAX_CHANGES = 1_000;
/** A whole object has mostly what code says: enough of it to see that. */
const MAX_EQUAL = 50;
const MAX_DEPTH = 64;

export interface ComparisonOptions {
  readonly table: ObjectTable;
  /** The object is a Secret: nothing of its data is told. */
  readonly secret: boolean;
  /** The desired resource is written in Terraform's own words: a field that it has no name for may have another. */
  readonly terraform: boolean;
  readonly hash: SecretHash | undefined;
}

/** Collects how what a call says stands to what code says, one change for each attribute. */
export interface Comparison {
  readonly names: ObjectNames;
  readonly options: ComparisonOptions;
  readonly changes: readonly Change[];
  /** The call sets the value at the path. */
  set(path: string, observed: JsonValue, desired: JsonValue | undefined): void;
  /**
   * The call merges members into what a marker stands for: that is the same where the answer, or what the call sets, is
   * all of it.
   */
  setPart(
    path: string,
    patch: JsonValue,
    desired: RedactedValue,
    after: JsonValue | undefined,
  ): void;
  /** The call takes away what is at the path. */
  remove(path: string, desired: JsonValue | undefined): void;
  /** The call adds an element that code does not have. */
  add(path: string, observed: JsonValue): void;
  /** The call takes an element of code's away. */
  drop(path: string, element: JsonValue): void;
  /** The call touches the path in a way that cannot be told. */
  unknown(path: string): void;
  /** The call sets or adds the value, at a path of which it is not known what code says there. */
  unplaced(path: string, action: 'set' | 'add', observed: JsonValue): void;
  /** The call has what code says at the path. */
  equal(path: string): void;
  /** The call sets what is at the path; `same` as found elsewhere, undefined where it cannot be told. */
  tell(path: string, same: boolean | undefined): void;
}

/** Whether a secret's marker stands anywhere in the value: then it can be told neither whole nor in part. */
export const holdsMarker = (value: JsonValue | undefined, depth = 0): boolean => {
  if (value === undefined || depth > MAX_DEPTH) return false;
  if (typeof value === 'string') return value.includes('"$redacted"');
  if (isRedacted(value)) return true;
  if (Array.isArray(value)) return value.some((item: JsonValue) => holdsMarker(item, depth + 1));
  return (
    isJsonObject(value) && Object.values(value).some((member) => holdsMarker(member, depth + 1))
  );
};

const isSecretData = (path: string): boolean =>
  /^(?:manifest(?:\.value)?\.)?(?:data|binary_data|stringData)(?:$|[.[])/.test(path);

/** A Secret's value as Terraform has it: not in base64. */
export const decodedText = (value: JsonValue): string | undefined => {
  if (
    typeof value !== 'string' ||
    !/^[A-Za-z0-9+/]*={0,2}$/.test(value) ||
    value.length % 4 !== 0
  ) {
    return undefined;
  }
  const bytes = Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  return text.includes('\ufffd') ? undefined : text;
};

/** A Secret's data as Terraform has it; undefined where a value is no text: see `withBinaryData`. */
const decodedData = (value: JsonValue): JsonValue | undefined => {
  if (!isJsonObject(value)) return decodedText(value);
  const entries: [string, JsonValue][] = [];
  for (const [key, each] of Object.entries(value)) {
    const text = decodedText(each);
    if (text === undefined) return undefined;
    entries.push([key, text]);
  }
  return Object.fromEntries(entries);
};

export const createComparison = (options: ComparisonOptions): Comparison => {
  const { hash, secret, terraform } = options;
  const names = objectNames(options.table);
  const by: Sameness = { names, terraform, hash };
  const changes: Change[] = [];

  let equal = 0;
  const push = (change: Change): void => {
    if (change.verdict === 'equals_desired' && ++equal > MAX_EQUAL) return;
    if (changes.length < MAX_CHANGES) changes.push(change);
  };
  const verdictOf = (same: boolean | undefined): ChangeVerdict =>
    same === undefined ? 'unknown' : same ? 'equals_desired' : 'differs';

  /** Of a secret only whether it is the same is told. */
  const setSecret = (path: string, observed: JsonValue, desired: JsonValue | undefined): void => {
    if (isEmptyValue(desired)) return push({ path, action: 'set', verdict: 'not_in_desired' });
    if (!isRedacted(desired)) return push({ path, action: 'set', verdict: 'unknown' });
    push({ path, action: 'set', verdict: verdictOf(isSameData(observed, desired)) });
  };

  const isSameData = (observed: JsonValue, desired: RedactedValue): boolean | undefined => {
    const decoded = terraform ? decodedData(observed) : undefined;
    const values = [observed, ...(decoded === undefined ? [] : [decoded])];
    const results = values.map((value) => isSameSecret(desired, value, hash));
    if (results.includes(true)) return true;
    // Of Terraform's `data`, which is texts, nothing is told by values that are none.
    return terraform && decoded === undefined && isJsonObject(observed) ? undefined : results[0];
  };

  /** Whether a value is what a marker stands for. Terraform names the members of blocks otherwise than a call does. */
  const isSameMarked = (
    path: string,
    observed: JsonValue,
    desired: RedactedValue,
  ): boolean | undefined => {
    if (secret && isSecretData(path)) return isSameData(observed, desired);
    const same = isSameSecret(desired, observed, hash);
    const isNamed = typeof observed === 'object' && terraform;
    return same === false && isNamed ? undefined : same;
  };

  return {
    names,
    options,
    changes,
    set: (path, observed, desired) => {
      if (secret && isSecretData(path)) return setSecret(path, observed, desired);
      if (isRedacted(desired)) {
        const verdict = verdictOf(isSameMarked(path, observed, desired));
        return push({ path, action: 'set', verdict });
      }
      if (holdsMarker(desired)) {
        const same = isSameValue(observed, desired, path, by);
        return push({ path, action: 'set', verdict: verdictOf(same) });
      }
      const told = isHidden(observed) ? {} : { observed };
      if (desired === undefined || desired === null) {
        const isNothing = isEmptyValue(observed) && setsNothing(observed, path, names);
        const verdict = isNothing ? 'equals_desired' : 'not_in_desired';
        return push({ path, action: 'set', ...told, verdict });
      }
      const same = isSameValue(observed, desired, path, by);
      push({ path, action: 'set', ...told, desired, verdict: verdictOf(same) });
    },
    setPart: (path, patch, desired, after) => {
      const same = isJsonObject(after)
        ? isSameMarked(path, after, desired)
        : isSameMarked(path, patch, desired) || undefined;
      push({ path, action: 'set', verdict: verdictOf(same) });
    },
    remove: (path, desired) => {
      if (isAbsent(desired, path, by)) {
        return push({ path, action: 'remove', verdict: 'equals_desired' });
      }
      const isSecret = holdsMarker(desired) || (secret && isSecretData(path));
      const quote = isSecret || desired === undefined ? {} : { desired };
      push({ path, action: 'remove', ...quote, verdict: 'differs' });
    },
    add: (path, observed) => {
      const told = isHidden(observed) ? {} : { observed };
      push({ path, action: 'add', ...told, verdict: 'not_in_desired' });
    },
    drop: (path, element) => {
      const quote = holdsMarker(element) ? {} : { observed: element, desired: element };
      push({ path, action: 'remove', ...quote, verdict: 'differs' });
    },
    unknown: (path) => push({ path, action: 'set', verdict: 'unknown' }),
    unplaced: (path, action, observed) => {
      const told = secret || isHidden(observed) ? {} : { observed };
      push({ path, action, ...told, verdict: 'unknown' });
    },
    equal: (path) => push({ path, action: 'set', verdict: 'equals_desired' }),
    tell: (path, same) => push({ path, action: 'set', verdict: verdictOf(same) }),
  };
};

/** The value of a Secret's `stringData` as the server keeps it: base64 in `data`. */
export const withoutStringData = (body: JsonValue): JsonValue => {
  const texts = ownValue(body, 'stringData');
  if (!isJsonObject(body) || !isJsonObject(texts)) return body;
  const data = ownValue(body, 'data');
  const { stringData: _stringData, ...rest } = body;
  const encoded = Object.entries(texts).map(([key, value]) => [
    key,
    typeof value === 'string' ? base64(value) : value,
  ]);
  return {
    ...rest,
    data: {
      ...(isJsonObject(data) ? data : {}),
      ...(Object.fromEntries(encoded) as Readonly<Record<string, JsonValue>>),
    },
  };
};
