import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/model/json.ts';
import { sharedData } from './shared-data.ts';

interface OcsfAttribute {
  readonly requirement: 'required' | 'recommended' | 'optional';
  readonly type: string;
  readonly is_array: boolean;
  readonly enum: Readonly<Record<string, unknown>> | null;
  /** The attribute is there only where the event says that it has the profile. */
  readonly profile: string | null;
}

interface OcsfObject {
  readonly attributes: Readonly<Record<string, OcsfAttribute>>;
  readonly constraints: {
    readonly at_least_one?: readonly string[];
    readonly just_one?: readonly string[];
  } | null;
}

interface OcsfType {
  /** The type that this one narrows. */
  readonly type: string | null;
  readonly regex: string | null;
  readonly max_len: number | null;
  readonly range: readonly [number, number] | null;
}

interface OcsfSchema {
  readonly version: string;
  readonly classes: Readonly<Record<string, OcsfObject>>;
  readonly objects: Readonly<Record<string, OcsfObject>>;
  readonly types: Readonly<Record<string, OcsfType>>;
}

/** The published schema, as `../shared/data/ocsf` has it. */
export const readOcsfSchema = (): OcsfSchema =>
  JSON.parse(
    readFileSync(sharedData('ocsf/api-activity-and-detection-finding.json'), 'utf8'),
  ) as OcsfSchema;

/** Attributes that API Activity has itself: the schema's export names a profile that has them too. */
const OF_THE_CLASS: ReadonlySet<string> = new Set(['actor', 'api']);

const isOfBase = (value: JsonValue, base: string): boolean => {
  switch (base) {
    case 'string_t':
      return typeof value === 'string';
    case 'boolean_t':
      return typeof value === 'boolean';
    case 'integer_t':
    case 'long_t':
      return Number.isSafeInteger(value);
    case 'float_t':
      return typeof value === 'number';
    case 'json_t':
      return true;
    default:
      throw new Error(`The schema has a type that is not known here: ${base}.`);
  }
};

/** Each fault names its place; none: valid. */
export interface OcsfValidator {
  /** Of an event of the class; its `metadata.profiles` tell which profiles' attributes it must have. */
  faultsOfEvent(event: JsonObject, className: string): readonly string[];
  faultsOfObject(value: JsonValue, objectName: string): readonly string[];
}

const textOf = (value: JsonValue): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

/**
 * Checks values against the schema: attributes that it does not have, that it requires and are missing, of another type,
 * form, length, range or enumeration, and the constraints of objects.
 */
export const createOcsfValidator = (schema: OcsfSchema): OcsfValidator => {
  const scalarFaults = (value: JsonValue, name: string, at: string): readonly string[] => {
    const type = schema.types[name];
    if (type === undefined) return [`${at} has the type ${name}, which the schema lacks`];
    const base = type.type ?? name;
    if (!isOfBase(value, base)) return [`${at} is no ${name}`];
    const { regex, max_len: longest, range } = type;
    return [
      ...(regex !== null && !new RegExp(regex, 'u').test(textOf(value))
        ? [`${at} has not the form of ${name}`]
        : []),
      ...(longest !== null && textOf(value).length > longest ? [`${at} is too long`] : []),
      ...(range !== null && (Number(value) < range[0] || Number(value) > range[1])
        ? [`${at} is out of range`]
        : []),
    ];
  };

  const memberFaults = (
    value: JsonValue,
    attribute: OcsfAttribute,
    at: string,
  ): readonly string[] => {
    if (attribute.is_array) {
      if (!Array.isArray(value)) return [`${at} is no list`];
      const one = { ...attribute, is_array: false };
      return value.flatMap((item: JsonValue, index) => memberFaults(item, one, `${at}[${index}]`));
    }
    const inner = schema.objects[attribute.type];
    if (inner !== undefined) return objectFaults(value, inner, at, []);
    const faults = scalarFaults(value, attribute.type, at);
    const listed = attribute.enum === null || Object.hasOwn(attribute.enum, textOf(value));
    return listed ? faults : [...faults, `${at} is none of its values`];
  };

  const objectFaults = (
    value: JsonValue,
    { attributes, constraints }: OcsfObject,
    at: string,
    profiles: readonly string[],
  ): readonly string[] => {
    if (!isJsonObject(value)) return [`${at} is no object`];
    const missing = Object.entries(attributes).filter(
      ([name, { requirement, profile }]) =>
        requirement === 'required' &&
        !Object.hasOwn(value, name) &&
        (profile === null || profiles.includes(profile) || OF_THE_CLASS.has(name)),
    );
    const has = (names: readonly string[] | undefined): number | undefined =>
      names?.filter((name) => Object.hasOwn(value, name)).length;
    return [
      ...missing.map(([name]) => `${at}.${name} is missing`),
      ...(has(constraints?.at_least_one) === 0 ? [`${at} has none of what it needs`] : []),
      ...((has(constraints?.just_one) ?? 1) === 1
        ? []
        : [`${at} has not exactly one of its kinds`]),
      ...Object.entries(value).flatMap(([name, member]) => {
        const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
        return attribute === undefined
          ? [`${at}.${name} is unknown`]
          : memberFaults(member, attribute, `${at}.${name}`);
      }),
    ];
  };

  return {
    faultsOfEvent: (event: JsonObject, className: string): readonly string[] => {
      const shape = schema.classes[className];
      if (shape === undefined) return [`The schema has no class ${className}`];
      const stated = isJsonObject(event['metadata'] ?? null)
        ? (event['metadata'] as JsonObject)['profiles']
        : undefined;
      const profiles = Array.isArray(stated) ? stated.map(String) : [];
      const ofOthers = Object.entries(shape.attributes).flatMap(([name, { profile }]) =>
        profile !== null &&
        !profiles.includes(profile) &&
        !OF_THE_CLASS.has(name) &&
        Object.hasOwn(event, name)
          ? [`event.${name} is of the profile ${profile}, which metadata.profiles does not name`]
          : [],
      );
      const type = Number(event['class_uid']) * 100 + Number(event['activity_id']);
      return [
        ...ofOthers,
        ...(event['type_uid'] === type ? [] : ['event.type_uid is not that of its activity']),
        ...objectFaults(event, shape, 'event', profiles),
      ];
    },
    faultsOfObject: (value: JsonValue, objectName: string): readonly string[] => {
      const shape = schema.objects[objectName];
      return shape === undefined
        ? [`The schema has no object ${objectName}`]
        : objectFaults(value, shape, objectName, []);
    },
  };
};
