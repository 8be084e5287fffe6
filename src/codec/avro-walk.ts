import avsc from 'avsc';
import type { Type, types } from 'avsc';

const MAX_RECORD_DEPTH = 64;
const MAX_ITEMS = 100_000;
const INT_BYTES = 5;
const LONG_BYTES = 10;

/** Bytes that are no value of their schema; the cursor stands near the place. */
export class Malformed extends Error {}

/** Bytes that are read from the front. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  /** Records around the place. */
  depth: number;
}

/** Moves over one value of a type. Throws `Malformed` where the bytes are none. */
export type Walk = (cursor: Cursor) => void;

const take = (cursor: Cursor, count: number): void => {
  if (count > cursor.bytes.length - cursor.at) throw new Malformed('truncated');
  cursor.at += count;
};

/** A zig-zag integer of several bytes. Exact within 2^52, which is more than any count or length that can pass. */
const readLongInteger = (cursor: Cursor, maxBytes: number): number => {
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

/** Most are of one or two bytes: lengths, branches, counts. */
const readInteger = (cursor: Cursor, maxBytes: number): number => {
  const { bytes, at } = cursor;
  if (at + 1 < bytes.length) {
    const first = bytes[at]!;
    if (first < 0x80) {
      cursor.at = at + 1;
      return (first >>> 1) ^ -(first & 1);
    }
    const second = bytes[at + 1]!;
    if (second < 0x80) {
      cursor.at = at + 2;
      const value = (first & 0x7f) | (second << 7);
      return (value >>> 1) ^ -(value & 1);
    }
  }
  return readLongInteger(cursor, maxBytes);
};

/** The value of an int or long, a length, a count or the number of a branch. Exact within 2^52. */
export const readLong = (cursor: Cursor): number => readInteger(cursor, LONG_BYTES);

const walkInt: Walk = (cursor) => {
  const value = readInteger(cursor, INT_BYTES);
  if (value < -0x80000000 || value > 0x7fffffff) throw new Malformed('an int is out of range');
};

const walkLong: Walk = (cursor) => {
  readInteger(cursor, LONG_BYTES);
};

const walkBytes: Walk = (cursor) => {
  const { bytes, at } = cursor;
  const first = bytes[at]!;
  // Even and of one byte: a length up to 63.
  if (at < bytes.length && (first & 0x81) === 0 && first >> 1 < bytes.length - at) {
    cursor.at = at + 1 + (first >> 1);
    return;
  }
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

/** Null as the first of two branches, as most schemas write what may be absent. */
const optional = (value: Walk): Walk => {
  const other = oneOf([() => undefined, value]);
  return (cursor) => {
    const { bytes, at } = cursor;
    const branch = at < bytes.length ? bytes[at] : undefined;
    if (branch === 0) cursor.at = at + 1;
    else if (branch === 2) {
      cursor.at = at + 1;
      value(cursor);
    } else other(cursor);
  };
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

/** Whether an Avro type is of one of these kinds. */
export const isType = <T extends Type>(type: Type, ...names: string[]): type is T =>
  avsc.Type.isType(type, ...names);

/**
 * What moves over a value of a type.
 * @param known the records that have one already: a schema may hold itself
 */
export const avroWalk = (type: Type, known: Map<Type, Walk> = new Map()): Walk => {
  const primitive = PRIMITIVES[type.typeName];
  if (primitive !== undefined) return primitive;
  if (isType<types.ArrayType>(type, 'array')) return blocks(avroWalk(type.itemsType, known));
  if (isType<types.MapType>(type, 'map')) {
    const value = avroWalk(type.valuesType as Type, known);
    return blocks((cursor) => {
      walkBytes(cursor);
      value(cursor);
    });
  }
  if (isType<types.FixedType>(type, 'fixed')) return fixedSize(type.size);
  if (isType<types.EnumType>(type, 'enum')) {
    return oneOf(type.symbols.map((): Walk => () => undefined));
  }
  if (isType<types.UnwrappedUnionType>(type, 'union')) {
    const branches = type.types.map((branch) => avroWalk(branch, known));
    return branches.length === 2 && type.types[0]!.typeName === 'null'
      ? optional(branches[1]!)
      : oneOf(branches);
  }
  if (isType<types.LogicalType>(type, 'logical')) return avroWalk(type.underlyingType, known);
  if (!isType<types.RecordType>(type, 'record', 'error')) {
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
  for (const field of type.fields) fields.push(avroWalk(field.type, known));
  return walk;
};
