import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../../model/json.ts';
import { isRedacted, isSameSecret, type SecretHash } from '../../model/redacted-value.ts';
import { memberPath } from './attribute-path.ts';
import { decodedText, type Comparison } from './comparison.ts';
import { pointerOf } from './patch-pointer.ts';
import { isEmptyValue } from './same-object.ts';

/** What a call writes of a Secret, what code says of it, and what the answer shows. */
interface SecretWrite {
  readonly body: JsonValue;
  readonly desired: JsonObject;
  readonly after: JsonValue | undefined;
  /** The body is the whole object: what it leaves out is gone. */
  readonly whole: boolean;
}

/**
 * A Secret's `data` is two attributes in Terraform: `data`, as text, and `binary_data`, in base64, with the keys that
 * code gives there. Where code uses the latter, each key of a call is led to the attribute that has it; where a marker
 * stands for a whole attribute, which hides its keys, both are told here, and what is left of the write comes back.
 */
export const withBinaryData = (comparison: Comparison, write: SecretWrite): SecretWrite => {
  const { data, binary_data: binary } = write.desired;
  if (isEmptyValue(binary)) return write;
  if (isRedacted(data) || !isJsonObject(binary) || isRedacted(binary)) {
    return tellMarked(comparison, write);
  }
  const isBinary = (key: string): boolean => Object.hasOwn(binary, key);
  return {
    ...write,
    body: Array.isArray(write.body)
      ? (write.body as readonly JsonValue[]).flatMap((each) => splitOperation(each, isBinary))
      : splitData(write.body, isBinary),
    after: write.after === undefined ? undefined : splitData(write.after, isBinary),
  };
};

type IsBinary = (key: string) => boolean;

const only = (data: JsonObject, isIn: IsBinary): JsonObject =>
  Object.fromEntries(Object.entries(data).filter(([key]) => isIn(key)));

const splitData = (object: JsonValue, isBinary: IsBinary): JsonValue => {
  const data = ownValue(object, 'data');
  if (!isJsonObject(object) || data === undefined) return object;
  if (!isJsonObject(data)) return { ...object, binary_data: data };
  return {
    ...object,
    data: only(data, (key) => !isBinary(key)),
    binary_data: only(data, isBinary),
  };
};

/** An operation of a JSON patch under the attributes' names; one on all of the data is two. */
const splitOperation = (operation: JsonValue, isBinary: IsBinary): readonly JsonValue[] => {
  if (!isJsonObject(operation)) return [operation];
  const path = pointerOf(operation, 'path');
  const value = ownValue(operation, 'value');
  if (path?.length === 0 && value !== undefined) {
    return [{ ...operation, value: splitData(value, isBinary) }];
  }
  if (path?.length === 1 && path[0] === 'data') {
    const parts = splitData({ data: value ?? null }, isBinary);
    return ['data', 'binary_data'].map((name) => ({
      ...operation,
      path: `/${name}`,
      ...(value === undefined ? {} : { value: ownValue(parts, name) ?? null }),
    }));
  }
  const renamed = (['path', 'from'] as const).flatMap((name): readonly [string, JsonValue][] => {
    const [first, key] = pointerOf(operation, name) ?? [];
    const text = ownString(operation, name);
    return first === 'data' && key !== undefined && text !== undefined && isBinary(key)
      ? [[name, text.replace(/^\/data\//, '/binary_data/')]]
      : [];
  });
  return [{ ...operation, ...Object.fromEntries(renamed) }];
};

const isOnData = (operation: JsonValue): boolean =>
  ownString(operation, 'op') !== 'test' &&
  (['path', 'from'] as const).some((name) => pointerOf(operation, name)?.[0] === 'data');

const without = (value: JsonValue, name: string): JsonValue =>
  isJsonObject(value) ? only(value, (key) => key !== name) : value;

const tellMarked = (comparison: Comparison, write: SecretWrite): SecretWrite => {
  const { body, desired, after, whole } = write;
  const written = ownValue(body, 'data');
  const operations: readonly JsonValue[] = Array.isArray(body) ? body : [];
  const touches = whole || written !== undefined || operations.some(isOnData);
  if (!touches) return write;
  const last = operations.findLast(isOnData) ?? null;
  const gone =
    (whole ? isEmptyValue(written) : written === null) ||
    (ownString(last, 'op') === 'remove' && ownString(last, 'path') === '/data');
  if (gone) tellGone(comparison, desired);
  else if (whole || after === undefined) tellParts(comparison, desired, written, whole);
  else tellParts(comparison, desired, ownValue(after, 'data') ?? {}, true);
  const { data: _data, binary_data: _binary, ...rest } = desired;
  return {
    ...write,
    body: Array.isArray(body)
      ? operations.filter((each) => !isOnData(each))
      : without(body, 'data'),
    desired: rest,
    after: after === undefined ? undefined : without(after, 'data'),
  };
};

const tellGone = (comparison: Comparison, desired: JsonObject): void => {
  for (const name of ['data', 'binary_data']) {
    if (!isEmptyValue(desired[name])) comparison.remove(memberPath('', name), desired[name]);
  }
};

/** Whether a part is all that code says of an attribute; undefined where that cannot be told. */
const isSamePart = (
  part: JsonObject,
  desired: JsonValue | undefined,
  hash: SecretHash | undefined,
): boolean | undefined => {
  if (isEmptyValue(desired)) return isEmptyValue(part);
  return isRedacted(desired) ? isSameSecret(desired, part, hash) : undefined;
};

/**
 * Values that are texts are taken for `data`, others for `binary_data`. One that is a text may be in either: where
 * neither marker stands for its part, nothing is told; where one does, the other is decided.
 * @param complete `observed` is all of the Secret's data, not a part
 */
const tellParts = (
  comparison: Comparison,
  desired: JsonObject,
  observed: JsonValue | undefined,
  complete: boolean,
): void => {
  const { hash } = comparison.options;
  const all = isJsonObject(observed) ? observed : {};
  const isText: IsBinary = (key) => decodedText(all[key] ?? null) !== undefined;
  const texts = only(all, isText);
  const decoded = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, decodedText(value) ?? '']),
  );
  const data = isSamePart(decoded, desired['data'], hash);
  const binary = isSamePart(
    only(all, (key) => !isText(key)),
    desired['binary_data'],
    hash,
  );
  const isDecided = complete ? data === true || binary === true : data === true && binary === true;
  if (!isDecided) {
    comparison.unknown('data');
    comparison.unknown('binary_data');
    return;
  }
  if (isEmptyValue(desired['data'])) {
    if (data === false) comparison.set('data', texts, undefined);
  } else comparison.tell('data', data);
  comparison.tell('binary_data', binary);
};
