import type { Type, types } from 'avsc';
import { AvroSchemaError } from './avro-schema.ts';

/**
 * Writes values of one schema behind a header, as avsc would. avsc has a fixed buffer of 1 KB, and writes what is
 * longer twice; here the buffer grows, and short texts of ASCII cost no call into native code.
 */
export type AvroWriter = (value: unknown, header: Uint8Array) => Buffer;

const FIRST_SIZE = 16 * 1_024;
/** A larger buffer is not kept for the next value. */
const LARGEST_KEPT = 1_024 * 1_024;
const LONGEST_INTEGER = 10;
/** avsc reads no larger one. */
const LARGEST_LONG = Number.MAX_SAFE_INTEGER - 1;
/** Zig-zag makes an odd number of a negative one: below this it is no double. */
const LEAST_LONG = -(2 ** 52);
/** Longer texts are written by native code. */
const LONGEST_BY_LETTER = 63;

interface Output {
  bytes: Buffer;
  at: number;
}

type Write = (output: Output, value: unknown) => void;

const reserve = (output: Output, count: number): void => {
  const needed = output.at + count;
  if (needed <= output.bytes.length) return;
  const larger = Buffer.allocUnsafe(2 * needed);
  output.bytes.copy(larger, 0, 0, output.at);
  output.bytes = larger;
};

const refuse = (value: unknown, what: string): never => {
  throw new TypeError(
    `An Avro value is no ${what}, but ${value === null ? 'null' : typeof value}.`,
  );
};

/** A zig-zag integer, from `LEAST_LONG` to `LARGEST_LONG`. */
const writeInteger = (output: Output, value: number): void => {
  reserve(output, LONGEST_INTEGER);
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest > 0x7f) {
    output.bytes[output.at++] = (rest % 0x80) + 0x80;
    rest = Math.floor(rest / 0x80);
  }
  output.bytes[output.at++] = rest;
};

const integer =
  (what: string, least: number, most: number): Write =>
  (output, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      refuse(value, what);
    } else writeInteger(output, value);
  };

/** False where the text is not of ASCII alone: then nothing is written. */
const writeByLetter = (output: Output, text: string): boolean => {
  const { bytes } = output;
  let at = output.at;
  bytes[at++] = 2 * text.length;
  for (let letter = 0; letter < text.length; letter++) {
    const code = text.charCodeAt(letter);
    if (code >= 0x80) return false;
    bytes[at++] = code;
  }
  output.at = at;
  return true;
};

const writeString: Write = (output, value) => {
  if (typeof value !== 'string') return refuse(value, 'string');
  reserve(output, LONGEST_INTEGER + LONGEST_BY_LETTER);
  if (value.length <= LONGEST_BY_LETTER && writeByLetter(output, value)) return;
  const length = Buffer.byteLength(value);
  writeInteger(output, length);
  reserve(output, length);
  output.at += output.bytes.write(value, output.at);
};

const writeBoolean: Write = (output, value) => {
  if (typeof value !== 'boolean') return refuse(value, 'boolean');
  reserve(output, 1);
  output.bytes[output.at++] = value ? 1 : 0;
};

const writeNull: Write = (_output, value) => {
  if (value !== null) refuse(value, 'null');
};

const arrayOf =
  (item: Write): Write =>
  (output, value) => {
    if (!Array.isArray(value)) return refuse(value, 'array');
    if (value.length > 0) {
      writeInteger(output, value.length);
      for (const each of value) item(output, each);
    }
    writeInteger(output, 0);
  };

/** Null and one other: no more is in the project's schemas. */
const optional =
  (nullAt: number, write: Write): Write =>
  (output, value) => {
    writeInteger(output, value === null ? nullAt : 1 - nullAt);
    if (value !== null) write(output, value);
  };

const record = ({ fields }: types.RecordType): Write => {
  const compiled = fields.map((field) => ({
    name: field.name,
    write: compile(field.type),
    preset: field.defaultValue() as unknown,
  }));
  return (output, value) => {
    if (typeof value !== 'object' || value === null) return refuse(value, 'record');
    for (const { name, write, preset } of compiled) {
      const member = (value as Readonly<Record<string, unknown>>)[name];
      write(output, member === undefined ? preset : member);
    }
  };
};

const union = ({ types: branches }: types.UnwrappedUnionType): Write => {
  const nullAt = branches.findIndex(({ typeName }) => typeName === 'null');
  const other = branches[1 - nullAt];
  if (branches.length !== 2 || nullAt === -1 || other === undefined) {
    throw new AvroSchemaError('A schema to write has a union that is not of null and one other.');
  }
  return optional(nullAt, compile(other));
};

const compile = (type: Type): Write => {
  switch (type.typeName) {
    case 'null':
      return writeNull;
    case 'boolean':
      return writeBoolean;
    case 'int':
      return integer('int', -0x80000000, 0x7fffffff);
    case 'long':
      return integer('long', LEAST_LONG, LARGEST_LONG);
    case 'string':
      return writeString;
    case 'array':
      return arrayOf(compile((type as types.ArrayType).itemsType));
    case 'record':
      return record(type as types.RecordType);
    case 'union:unwrapped':
      return union(type as types.UnwrappedUnionType);
    default:
      throw new AvroSchemaError(`A schema to write has the type ${type.typeName}.`);
  }
};

/**
 * A writer for a schema of records, arrays, texts, booleans, integers, and unions of null with one of these. A member
 * that is undefined is written as its default. The writer throws a TypeError for a value that is not of the schema.
 * @throws AvroSchemaError where the schema has other types
 */
export const avroWriter = (type: Type): AvroWriter => {
  const write = compile(type);
  const output: Output = { bytes: Buffer.allocUnsafe(FIRST_SIZE), at: 0 };
  return (value, header) => {
    output.at = 0;
    reserve(output, header.length);
    output.bytes.set(header, 0);
    output.at = header.length;
    write(output, value);
    const written = Buffer.from(output.bytes.subarray(0, output.at));
    if (output.bytes.length > LARGEST_KEPT) output.bytes = Buffer.allocUnsafe(FIRST_SIZE);
    return written;
  };
};
