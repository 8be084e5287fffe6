import avsc from 'avsc';
import type { Type, types } from 'avsc';
import { AvroSchemaError } from './avro-schema.ts';
import {
  FLAG,
  INTEGER,
  OPTIONAL,
  TEXT,
  TEXTS,
  type PayloadFields,
} from './desired-resource-layout.ts';

const is = <T extends Type>(type: Type, ...names: string[]): type is T =>
  avsc.Type.isType(type, ...names);

const plainKind = (type: Type): number | undefined => {
  if (is<types.LogicalType>(type, 'logical')) return plainKind(type.underlyingType);
  switch (type.typeName) {
    case 'string':
      return TEXT;
    case 'int':
    case 'long':
    case 'abstract:long':
      return INTEGER;
    case 'boolean':
      return FLAG;
    default:
      return undefined;
  }
};

const kindOf = (name: string, type: Type): number => {
  const plain = plainKind(type);
  if (plain !== undefined) return plain;
  if (is<types.ArrayType>(type, 'array') && plainKind(type.itemsType) === TEXT) return TEXTS;
  if (is<types.UnwrappedUnionType>(type, 'union') && type.types.length === 2) {
    const [first, second] = type.types;
    const inner = second === undefined ? undefined : plainKind(second);
    if (first?.typeName === 'null' && inner !== undefined) return OPTIONAL + inner;
  }
  throw new AvroSchemaError(
    `The field ${name} has a type that the desired-state store cannot keep.`,
  );
};

/** @throws AvroSchemaError where a field is neither plain, nor optional and plain, nor an array of texts */
export const payloadFields = (type: Type): PayloadFields => {
  if (!is<types.RecordType>(type, 'record')) throw new AvroSchemaError('The schema is no record.');
  return {
    names: type.fields.map(({ name }) => name),
    kinds: type.fields.map((field) => kindOf(field.name, field.type)),
  };
};
