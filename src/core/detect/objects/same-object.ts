import { isHidden } from '../../model/hidden-value.ts';
import { isJsonObject, scalarText, type JsonValue } from '../../model/json.ts';
import { isRedacted, isSameSecret, type SecretHash } from '../../model/redacted-value.ts';
import { oneOf, type ObjectNames } from './object-names.ts';

const MAX_DEPTH = 32;

/** What telling two values apart needs. */
export interface Sameness {
  readonly names: ObjectNames;
  /** The desired values are of a state of Terraform's, which writes all that code may say. */
  readonly terraform: boolean;
  readonly hash: SecretHash | undefined;
}

/**
 * Whether a desired value says nothing. A manifest's `false` says something, since the default may be true, and so does
 * its `{}`, as that of a selector means all: unless it is what the server sets by itself.
 */
export const isAbsent = (
  value: JsonValue | undefined,
  path: string,
  { names, terraform }: Pick<Sameness, 'names' | 'terraform'>,
): boolean =>
  terraform
    ? saysNothing(value)
    : isEmptyValue(value) && (!isJsonObject(value) || isDefaultAt(path, value, names));

/** Also what Terraform's state has for what code leaves out: off, none, nothing. */
const saysNothing = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  isEmptyValue(value);

/**
 * Whether a call that sets this sets nothing. `0` says something, and `{}` too, as that of a selector means all: unless
 * they are what the server sets by itself.
 */
export const setsNothing = (
  value: JsonValue | undefined,
  path: string,
  names: ObjectNames,
): boolean => {
  if (isEmptyValue(value)) return !isJsonObject(value) || isDefaultAt(path, value, names);
  return (value === 0 || value === false) && isDefaultAt(path, value, names);
};

const isDefaultAt = (path: string, value: JsonValue, names: ObjectNames): boolean => {
  const end = path.lastIndexOf('.');
  return names.isDefault(path.slice(0, Math.max(end, 0)), path.slice(end + 1), value);
};

/** Absent, null, or without any member. */
export const isEmptyValue = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value)
    ? value.length === 0
    : isJsonObject(value) && Object.keys(value).length === 0);

const QUANTITY = /^([+-]?\d+(?:\.\d+)?|[+-]?\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

const FACTORS: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Amounts of resources, which are the same in several spellings: `500m` and `0.5`, `1Gi` and `1024Mi`. */
const isAmount = (path: string): boolean =>
  /(?:^|[.\]])(?:limits|requests|hard|capacity|sizeLimit|size_limit|averageValue|average_value)(?=$|[.[])/.test(
    path,
  );

const amountOf = (text: string): number | undefined => {
  const [, number, suffix] = QUANTITY.exec(text) ?? [];
  if (number === undefined) return undefined;
  if (suffix === undefined) return Number(number);
  return suffix in FACTORS ? Number(number) * FACTORS[suffix]! : Number(number + suffix);
};

const sameScalar = (observed: JsonValue, desired: JsonValue, path: string): boolean => {
  const [left, right] = [scalarText(observed), scalarText(desired)];
  if (left === undefined || right === undefined) return false;
  if (left === right) return true;
  if (!isAmount(path)) return false;
  const [one, other] = [amountOf(left), amountOf(right)];
  return one !== undefined && other !== undefined && Math.abs(one - other) <= Math.abs(one) * 1e-9;
};

/**
 * Whether a value of a call is the desired one, under the names of either; undefined where a part of it is hidden.
 * Lists are the same where their elements are, one by one.
 */
export const isSameValue = (
  observed: JsonValue | undefined,
  desired: JsonValue | undefined,
  path: string,
  by: Sameness,
  depth = 0,
): boolean | undefined => {
  const { names, hash } = by;
  if (isRedacted(desired)) {
    return observed === undefined ? undefined : isSameSecret(desired, observed, hash);
  }
  if (setsNothing(observed, path, names) && isAbsent(desired, path, by)) return true;
  if (observed === undefined || observed === null || desired === undefined || desired === null) {
    return false;
  }
  if (depth > MAX_DEPTH || isHidden(observed)) return undefined;
  const below = (left: JsonValue | undefined, right: JsonValue | undefined, name: string) =>
    isSameValue(left, right, `${path}.${name}`, by, depth + 1);
  if (Array.isArray(observed)) {
    const left = observed as readonly JsonValue[];
    if (!Array.isArray(desired) || desired.length !== left.length) return false;
    return every(left.map((each, position) => below(each, desired[position] as JsonValue, '')));
  }
  const block = oneOf(desired);
  if (isJsonObject(observed)) {
    if (!isJsonObject(block)) return false;
    const seen = new Set<string>();
    const members = Object.entries(observed).map(([key, value]) => {
      const found = names.member(block, key);
      if (found !== undefined) seen.add(found.key);
      // The server writes its defaults into elements of lists, too.
      else if (names.isDefault(path, key, value)) return true;
      return below(value, found?.value, key);
    });
    const rest = Object.entries(block).map(
      ([key, value]) => seen.has(key) || isAbsent(value, `${path}.${key}`, by),
    );
    return every([...members, ...rest]);
  }
  return block === undefined || typeof block === 'object'
    ? false
    : sameScalar(observed, block, path);
};

const every = (results: readonly (boolean | undefined)[]): boolean | undefined =>
  results.includes(false) ? false : results.includes(undefined) ? undefined : true;
