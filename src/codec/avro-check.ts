import type { Type, types } from 'avsc';
import { avroWalk, isType, Malformed, type Cursor, type Walk } from './avro-walk.ts';

/**
 * Checks that bytes are one value of a schema before anything reads them. avsc trusts the item count of a block (five
 * bytes can claim billions of items, which it allocates and reads past the end) and jumps back where a block to be
 * skipped has a negative size, which never ends. Here no step takes more than the bytes that are there.
 */
export type AvroCheck = (bytes: Uint8Array) => string | undefined;

/** A check of records that also tells where the fields of a record end. */
export interface AvroFieldsCheck {
  readonly check: AvroCheck;
  /** Of the record that was checked last, in the writer's order. */
  readonly ends: readonly number[];
}

const problemOf = (cursor: Cursor, walk: Walk): string | undefined => {
  try {
    walk(cursor);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return `${error.message}, at byte ${cursor.at}`;
  }
  const left = cursor.bytes.length - cursor.at;
  return left === 0 ? undefined : `${left} bytes are left over`;
};

/** Says what is wrong with the bytes of one value of this type; undefined where nothing is. */
export const avroCheck = (type: Type): AvroCheck => {
  const walk = avroWalk(type);
  return (bytes) => problemOf({ bytes, at: 0, depth: 0 }, walk);
};

/** As `avroCheck`, of a record type. */
export const avroFieldsCheck = (type: types.RecordType): AvroFieldsCheck => {
  const known = new Map<Type, Walk>();
  // The record itself first: a field may hold it again.
  avroWalk(type, known);
  const walks = type.fields.map((field) => avroWalk(field.type, known));
  const ends: number[] = walks.map(() => 0);
  const walk: Walk = (cursor) => {
    for (let index = 0; index < walks.length; index++) {
      walks[index]!(cursor);
      ends[index] = cursor.at;
    }
  };
  return { ends, check: (bytes) => problemOf({ bytes, at: 0, depth: 1 }, walk) };
};

const holdsNothing = (type: Type, within: ReadonlySet<Type>): boolean => {
  if (within.has(type)) return false;
  if (isType<types.LogicalType>(type, 'logical')) return holdsNothing(type.underlyingType, within);
  if (isType<types.FixedType>(type, 'fixed')) return type.size === 0;
  if (!isType<types.RecordType>(type, 'record', 'error')) return type.typeName === 'null';
  const inner = new Set(within).add(type);
  return type.fields.every((field) => holdsNothing(field.type, inner));
};

/**
 * The array or map in a type whose items can take no bytes, so that a few bytes can claim any number of them;
 * undefined where there is none.
 */
export const findEmptyItems = (type: Type, seen: Set<Type> = new Set()): string | undefined => {
  if (seen.has(type)) return undefined;
  seen.add(type);
  const items = isType<types.ArrayType>(type, 'array')
    ? type.itemsType
    : isType<types.MapType>(type, 'map')
      ? (type.valuesType as Type)
      : undefined;
  if (items !== undefined) {
    return holdsNothing(items, new Set())
      ? `${type.typeName} of ${items.typeName}`
      : findEmptyItems(items, seen);
  }
  const parts = isType<types.RecordType>(type, 'record', 'error')
    ? type.fields.map((field) => field.type)
    : isType<types.UnwrappedUnionType>(type, 'union')
      ? type.types
      : isType<types.LogicalType>(type, 'logical')
        ? [type.underlyingType]
        : [];
  for (const part of parts) {
    const found = findEmptyItems(part, seen);
    if (found !== undefined) return found;
  }
  return undefined;
};
