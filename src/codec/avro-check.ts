import avsc from 'avsc';
import type { Type, types } from 'avsc';

/**
 * Checks that bytes are one value of a schema before avsc reads them. avsc trusts the item count of a block (five
 * bytes can claim billions of items, which it allocates and reads past the end) and jumps back where a block to be
 * skipped has a negative size, which never ends. Here no step takes more than the bytes that are there.
 */
export type AvroCheck = (bytes: Uint8Array) => string | undefined;

const MAX_RECORD_DEPTH = 64;
const MAX_ITEMS = 100_000;
const INT_BYTES = 5;
const LONG_BYTES = 10;

class Malformed extends Error {}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  depth: number;
}

type Walk = (cursor: Cursor) => void;

const take = (cursor: Cursor, count: number): void => {
  if (count > cursor.bytes.length - cursor.at) throw new Malformed('truncated');
  cursor.at += count;
};

/** A zig-zag integer. Exact within 2^53, which is more than any count or length that can pass. */
const readInteger = (cursor: Cursor, maxBytes: number): number => {
  const { bytes } = cursor;
  const start = cursor.at;
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new Malformed('truncated');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
    if (cursor.at - start === maxBytes) throw new Malformed('an integer is too long');
    scale *= 128;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
};

const walkInt: Walk = (cursor) => {
  const value = readInteger(cursor, INT_BYTES);
  if (value < -0x80000000 || value > 0x7fffffff) throw new Malformed('an int is out of range');
};

const walkLong: Walk = (cursor) => {
  readInteger(cursor, LONG_BYTES);
};

const walkBytes: Walk = (cursor) => {
  const length = readInteger(cursor, LONG_BYTES);
  if (length < 0) throw new Malformed('a length is negative');
  take(cursor, length);
};

const fixedSize =
  (size: number): Walk =>
  (cursor) =>
    take(cursor, size);

const blocks =
  (item: Walk): Walk =>
  (cursor) => {
    for (let total = 0; ;) {
      let count = readInteger(cursor, LONG_BYTES);
      if (count === 0) return;
      if (count < 0) {
        count = -count;
        const size = readInteger(cursor, LONG_BYTES);
        if (size < 0 || size > cursor.bytes.length - cursor.at) {
          throw new Malformed('the size of a block is wrong');
        }
      }
      total += count;
      if (count > cursor.bytes.length - cursor.at) {
        throw new Malformed('a block claims more items than there are bytes');
      }
      if (total > MAX_ITEMS) throw new Malformed(`more than ${MAX_ITEMS} items`);
      while (count-- > 0) item(cursor);
    }
  };

const oneOf =
  (branches: readonly Walk[]): Walk =>
  (cursor) => {
    const branch = branches[readInteger(cursor, INT_BYTES)];
    if (branch === undefined) throw new Malformed('no such branch of a union');
    branch(cursor);
  };

const PRIMITIVES: Readonly<Record<string, Walk>> = {
  null: () => undefined,
  boolean: (cursor) => {
    take(cursor, 1);
    if (cursor.bytes[cursor.at - 1]! > 1) throw new Malformed('a boolean is neither 0 nor 1');
  },
  int: walkInt,
  long: walkLong,
  'abstract:long': walkLong,
  float: fixedSize(4),
  double: fixedSize(8),
  bytes: walkBytes,
  string: walkBytes,
};

const is = <T extends Type>(type: Type, ...names: string[]): type is T =>
  avsc.Type.isType(type, ...names);

const compile = (type: Type, known: Map<Type, Walk>): Walk => {
  const primitive = PRIMITIVES[type.typeName];
  if (primitive !== undefined) return primitive;
  if (is<types.ArrayType>(type, 'array')) return blocks(compile(type.itemsType, known));
  if (is<types.MapType>(type, 'map')) {
    const value = compile(type.valuesType as Type, known);
    return blocks((cursor) => {
      walkBytes(cursor);
      value(cursor);
    });
  }
  if (is<types.FixedType>(type, 'fixed')) return fixedSize(type.size);
  if (is<types.EnumType>(type, 'enum')) {
    return oneOf(type.symbols.map((): Walk => () => undefined));
  }
  if (is<types.UnwrappedUnionType>(type, 'union')) {
    return oneOf(type.types.map((branch) => compile(branch, known)));
  }
  if (is<types.LogicalType>(type, 'logical')) return compile(type.underlyingType, known);
  if (!is<types.RecordType>(type, 'record', 'error')) {
    throw new Error(`The Avro type ${type.typeName} is not supported.`);
  }
  const before = known.get(type);
  if (before !== undefined) return before;
  const fields: Walk[] = [];
  const walk: Walk = (cursor) => {
    if (++cursor.depth > MAX_RECORD_DEPTH) throw new Malformed('records are nested too deep');
    for (const field of fields) field(cursor);
    cursor.depth--;
  };
  known.set(type, walk);
  for (const field of type.fields) fields.push(compile(field.type, known));
  return walk;
};

/** Says what is wrong with the bytes of one value of this type; undefined where nothing is. */
export const avroCheck = (type: Type): AvroCheck => {
  const walk = compile(type, new Map());
  return (bytes) => {
    const cursor: Cursor = { bytes, at: 0, depth: 0 };
    try {
      walk(cursor);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return `${error.message}, at byte ${cursor.at}`;
    }
    const left = bytes.length - cursor.at;
    return left === 0 ? undefined : `${left} bytes are left over`;
  };
};

const holdsNothing = (type: Type, within: ReadonlySet<Type>): boolean => {
  if (within.has(type)) return false;
  if (is<types.LogicalType>(type, 'logical')) return holdsNothing(type.underlyingType, within);
  if (is<types.FixedType>(type, 'fixed')) return type.size === 0;
  if (!is<types.RecordType>(type, 'record', 'error')) return type.typeName === 'null';
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
  const items = is<types.ArrayType>(type, 'array')
    ? type.itemsType
    : is<types.MapType>(type, 'map')
      ? (type.valuesType as Type)
      : undefined;
  if (items !== undefined) {
    return holdsNothing(items, new Set())
      ? `${type.typeName} of ${items.typeName}`
      : findEmptyItems(items, seen);
  }
  const parts = is<types.RecordType>(type, 'record', 'error')
    ? type.fields.map((field) => field.type)
    : is<types.UnwrappedUnionType>(type, 'union')
      ? type.types
      : is<types.LogicalType>(type, 'logical')
        ? [type.underlyingType]
        : [];
  for (const part of parts) {
    const found = findEmptyItems(part, seen);
    if (found !== undefined) return found;
  }
  return undefined;
};
