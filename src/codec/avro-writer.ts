import type { Type, types } from 'avsc';
import { AvroSchemaError } from './avro-schema.ts';
import { createByteWriter, type ByteWriter } from './byte-writer.ts';

/**
 * Writes values of one schema behind a header, as avsc would. avsc has a fixed buffer of 1 KB, and writes what is
 * longer twice; here the buffer grows, and short texts of ASCII cost no call into native code.
 */
export type AvroWriter = (value: unknown, header: Uint8Array) => Buffer;

const FIRST_SIZE = 16 * 1_024;
/** avsc reads no larger one. */
const LARGEST_LONG = Number.MAX_SAFE_INTEGER - 1;
/** Zig-zag makes an odd number of a negative one: below this it is no double. */
const LEAST_LONG = -(2 ** 52);

type Write = (to: ByteWriter, value: unknown) => void;

const refuse = (value: unknown, what: string): never => {
  throw new TypeError(
    `An Avro value is no ${what}, but ${value === null ? 'null' : typeof value}.`,
  );
};

const integer =
  (what: string, least: number, most: number): Write =>
  (to, value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      refuse(value, what);
    } else to.varint(value);
  };

const writeString: Write = (to, value) => {
  if (typeof value !== 'string') return refuse(value, 'string');
  to.sized(value);
};

const writeBoolean: Write = (to, value) => {
  if (typeof value !== 'boolean') return refuse(value, 'boolean');
  to.int8(value ? 1 : 0);
};

const writeNull: Write = (_to, value) => {
  if (value !== null) refuse(value, 'null');
};

const arrayOf =
  (item: Write): Write =>
  (to, value) => {
    if (!Array.isArray(value)) return refuse(value, 'array');
    if (value.length > 0) {
      to.varint(value.length);
      for (const each of value) item(to, each);
    }
    to.varint(0);
  };

/** Null and one other: no more is in the project's schemas. */
const optional =
  (nullAt: number, write: Write): Write =>
  (to, value) => {
    to.varint(value === null ? nullAt : 1 - nullAt);
    if (value !== null) write(to, value);
  };

const record = ({ fields }: types.RecordType): Write => {
  const compiled = fields.map((field) => ({
    name: field.name,
    write: compile(field.type),
    preset: field.defaultValue() as unknown,
  }));
  return (to, value) => {
    if (typeof value !== 'object' || value === null) return refuse(value, 'record');
    for (const { name, write, preset } of compiled) {
      const member = (value as Readonly<Record<string, unknown>>)[name];
      write(to, member === undefined ? preset : member);
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
  const writer = createByteWriter(FIRST_SIZE);
  return (value, header) => {
    writer.clear();
    writer.bytes(header);
    write(writer, value);
    return Buffer.from(writer.written());
  };
};
