import type { Type, types } from 'avsc';
import type { JsonValue } from '../core/model/json.ts';
import { avroWalk, isType, readLong, type Cursor, type Walk } from './avro-walk.ts';
import type { JsonOutput } from './json-output.ts';

/** A value on its way from Avro to JSON. The bytes have passed the check of their schema. */
export interface AvroToJson extends Cursor {
  readonly bytes: Buffer;
  /** A character a byte: texts of an event are slices of it. Empty for values that outlive the event. */
  text: string;
  readonly output: JsonOutput;
}

/** An integer that a double may have rounded. */
export class Imprecise extends Error {}

/** Writes one value as JSON, moves past it and gives it back. Null is not written. May throw `Imprecise`. */
export type JsonStep = (state: AvroToJson) => JsonValue;

const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

/** What `readLong` tells exactly. */
const MAX_EXACT = 2 ** 52;

const nothing: JsonStep = () => null;

const integer: JsonStep = (state) => {
  const value = readLong(state);
  if (value > MAX_EXACT || value < -MAX_EXACT) throw new Imprecise();
  state.output.integer(value);
  return value;
};

const boolean: JsonStep = (state) => {
  const value = state.bytes[state.at++] === 1;
  const word = value ? TRUE : FALSE;
  state.output.copy(word, 0, word.length);
  return value;
};

const text: JsonStep = (state) => {
  const length = readLong(state);
  const { bytes, at: start } = state;
  const end = start + length;
  state.at = end;
  if (!state.output.string(bytes, start, end)) return bytes.toString('utf8', start, end);
  return state.text === '' ? bytes.toString('latin1', start, end) : state.text.slice(start, end);
};

const arrayOf =
  (item: JsonStep): JsonStep =>
  (state) => {
    const { output } = state;
    const values: JsonValue[] = [];
    output.byte(OPEN_ARRAY);
    for (let count = readLong(state); count !== 0; count = readLong(state)) {
      // A negative count has the size of its block after it.
      if (count < 0) readLong(state);
      for (let left = Math.abs(count); left > 0; left--) {
        if (values.length > 0) output.byte(COMMA);
        values.push(item(state));
      }
    }
    output.byte(CLOSE_ARRAY);
    return values;
  };

const oneOf =
  (branches: readonly JsonStep[]): JsonStep =>
  (state) => {
    const branch = state.bytes[state.at]!;
    if (branch >= 0x80) return branches[readLong(state)]!(state);
    state.at += 1;
    return branches[branch >> 1]!(state);
  };

/** A member of an object: read from the bytes, or the same for all. */
interface Member {
  readonly name: string;
  /** `,"<name>":` */
  readonly key: Buffer;
  readonly step: JsonStep;
  /** The byte that alone stands for null; -1 where there is none. */
  readonly nullByte: number;
}

type RecordPart = Member | { readonly skip: Walk };

/** Branches are numbered in steps of two: a zig-zag integer. */
const nullByteOf = (writer: Type): number => {
  if (!isType<types.UnwrappedUnionType>(writer, 'union')) return -1;
  const branch = writer.types.findIndex(({ typeName }) => typeName === 'null');
  return branch < 0x40 ? branch * 2 : -1;
};

/** `,"<name>":` */
export const memberKey = (name: string): Buffer => Buffer.from(`,${JSON.stringify(name)}:`);

const recordOf = (parts: readonly RecordPart[]): JsonStep => {
  const template: Readonly<Record<string, JsonValue>> = Object.fromEntries(
    parts.flatMap((part) => ('skip' in part ? [] : [[part.name, null]])),
  );
  return (state) => {
    const { output } = state;
    const value = { ...template };
    const start = output.at;
    for (const part of parts) {
      if ('skip' in part) {
        part.skip(state);
        continue;
      }
      if (state.bytes[state.at] === part.nullByte) {
        state.at += 1;
        continue;
      }
      const before = output.at;
      output.copy(part.key, 0, part.key.length);
      const member = part.step(state);
      if (member === null) output.at = before;
      else value[part.name] = member;
    }
    // The first member's comma makes room for the bracket.
    if (output.at === start) output.byte(OPEN_OBJECT);
    else output.bytes[start] = OPEN_OBJECT;
    output.byte(CLOSE_OBJECT);
    return value;
  };
};

/** The JSON of a value that avsc has read: what is null is left out of objects. */
export const jsonOf = (value: JsonValue): string | undefined =>
  JSON.stringify(value, (_key, each: unknown) => each ?? undefined);

const always = (value: JsonValue): JsonStep => {
  const json = Buffer.from(jsonOf(value) ?? '');
  return ({ output }) => {
    output.copy(json, 0, json.length);
    return value;
  };
};

const recordStep = (
  writer: types.RecordType,
  reader: types.RecordType,
  within: ReadonlySet<Type>,
): JsonStep | undefined => {
  if (writer.name !== reader.name || within.has(reader)) return undefined;
  const inner = new Set(within).add(reader);
  const written = new Set(writer.fields.map(({ name }) => name));
  const parts: RecordPart[] = [];
  let next = 0;
  /** Members that the writer lacks, up to a place in our order; false where one of the writer's comes later. */
  const addDefaults = (end: number): boolean => {
    for (; next < end; next++) {
      const field = reader.fields[next]!;
      if (written.has(field.name)) return false;
      const step = always(field.defaultValue() as JsonValue);
      parts.push({ name: field.name, key: memberKey(field.name), step, nullByte: -1 });
    }
    return true;
  };
  for (const { name, type } of writer.fields) {
    const place = reader.fields.findIndex((field) => field.name === name);
    const ours = reader.fields[place];
    if (ours === undefined) {
      parts.push({ skip: avroWalk(type) });
      continue;
    }
    if (place < next || !addDefaults(place)) return undefined;
    const step = compile(type, ours.type, inner);
    if (step === undefined) return undefined;
    parts.push({ name, key: memberKey(name), step, nullByte: nullByteOf(type) });
    next = place + 1;
  }
  return addDefaults(reader.fields.length) ? recordOf(parts) : undefined;
};

const compile = (writer: Type, reader: Type, within: ReadonlySet<Type>): JsonStep | undefined => {
  if (isType<types.UnwrappedUnionType>(writer, 'union')) {
    const branches = writer.types.map((branch) => compile(branch, reader, within));
    return branches.every((branch) => branch !== undefined) ? oneOf(branches) : undefined;
  }
  if (isType<types.UnwrappedUnionType>(reader, 'union')) {
    if (writer.typeName === 'null') return nothing;
    const [value, ...others] = reader.types.filter(({ typeName }) => typeName !== 'null');
    return value === undefined || others.length > 0 ? undefined : compile(writer, value, within);
  }
  if (isType<types.RecordType>(writer, 'record') && isType<types.RecordType>(reader, 'record')) {
    return recordStep(writer, reader, within);
  }
  if (isType<types.ArrayType>(writer, 'array') && isType<types.ArrayType>(reader, 'array')) {
    if (isType(reader.itemsType, 'union', 'null')) return undefined;
    const item = compile(writer.itemsType, reader.itemsType, within);
    return item === undefined ? undefined : arrayOf(item);
  }
  switch (`${writer.typeName} as ${reader.typeName}`) {
    case 'string as string':
      return text;
    case 'boolean as boolean':
      return boolean;
    case 'int as int':
    case 'int as long':
    case 'long as long':
      return integer;
    default:
      return undefined;
  }
};

/**
 * What takes values of a writer's schema to JSON as ours sees them, for schemas that resolve. Undefined for what needs
 * more than one pass over the bytes (fields in another order) or is not used (maps, enums, fixed, floats): avsc reads
 * those.
 */
export const avroToJson = (writer: Type, reader: Type): JsonStep | undefined =>
  compile(writer, reader, new Set());
