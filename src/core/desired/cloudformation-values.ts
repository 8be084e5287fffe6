import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';

/** What a template refers to, as far as it is known: logical ids to physical ids, and pseudo parameters. */
export type References = ReadonlyMap<string, string>;

const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Properties with the intrinsic functions worked out that only need what is known. What is not known before CloudFormation
 * runs (parameters, attributes of resources, conditions) is left out, and so is a list that has such a member.
 */
export const resolveProperties = (properties: JsonObject, references: References): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => {
      if (key.startsWith('Fn::')) return [];
      const resolved = resolve(value, references);
      return resolved === undefined || resolved === NO_VALUE ? [] : [[key, resolved] as const];
    }),
  );

const resolve = (
  value: JsonValue,
  references: References,
): JsonValue | undefined | typeof NO_VALUE => {
  if (typeof value === 'string') return value.includes('{{resolve:') ? undefined : value;
  if (Array.isArray(value)) return resolveList(value, references);
  if (!isJsonObject(value)) return value;
  const [name, ...others] = Object.keys(value);
  const isFunction = name === 'Ref' || name === 'Condition' || name?.startsWith('Fn::') === true;
  return isFunction && others.length === 0
    ? call(name, ownValue(value, name) ?? null, references)
    : resolveProperties(value, references);
};

const resolveList = (
  list: readonly JsonValue[],
  references: References,
): readonly JsonValue[] | undefined => {
  const members = list
    .map((member) => resolve(member, references))
    .filter((member) => member !== NO_VALUE);
  return members.every((member) => member !== undefined) ? members : undefined;
};

const call = (
  name: string,
  argument: JsonValue,
  references: References,
): JsonValue | undefined | typeof NO_VALUE => {
  switch (name) {
    case 'Ref':
      if (argument === 'AWS::NoValue') return NO_VALUE;
      return typeof argument === 'string' ? references.get(argument) : undefined;
    case 'Fn::GetAtt':
      return attributeOf(argument, references);
    case 'Fn::Sub':
      return substitute(argument, references);
    case 'Fn::Join':
      return join(argument, references);
    case 'Fn::Base64':
      // Terraform writes the text of user data too.
      return resolve(argument, references);
    default:
      return undefined;
  }
};

/** Only the id of a security group, which is its physical id. */
const attributeOf = (argument: JsonValue, references: References): string | undefined => {
  const [logicalId, attribute] = Array.isArray(argument) ? (argument as readonly JsonValue[]) : [];
  const physicalId = typeof logicalId === 'string' ? references.get(logicalId) : undefined;
  return attribute === 'GroupId' && physicalId?.startsWith('sg-') === true ? physicalId : undefined;
};

const substitute = (argument: JsonValue, references: References): string | undefined => {
  const [text, own] = Array.isArray(argument)
    ? (argument as readonly JsonValue[])
    : [argument, null];
  if (typeof text !== 'string' || text.includes('{{resolve:')) return undefined;
  let complete = true;
  const filled = text.replace(/\$\{([^${}]*)\}/g, (_whole, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const given = ownValue(own ?? null, name);
    const value = given === undefined ? references.get(name) : resolve(given, references);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    complete = false;
    return '';
  });
  return complete ? filled : undefined;
};

const join = (argument: JsonValue, references: References): string | undefined => {
  const [delimiter, list] = Array.isArray(argument) ? (argument as readonly JsonValue[]) : [];
  if (typeof delimiter !== 'string' || !Array.isArray(list)) return undefined;
  const members = resolveList(list as readonly JsonValue[], references);
  return members?.every((member) => typeof member === 'string' || typeof member === 'number') ===
    true
    ? members.join(delimiter)
    : undefined;
};
