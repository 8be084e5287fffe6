import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';
import { UNKNOWN_VALUE } from '../model/unknown-value.ts';

/** What a template refers to, as far as it is known. */
export interface References {
  /** Physical ids by logical id, pseudo parameters, parameters. */
  readonly values: ReadonlyMap<string, JsonValue>;
  /** `Conditions` of the template. */
  readonly conditions: JsonObject;
}

const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Properties with the intrinsic functions worked out that only need what is known. What is not known before CloudFormation
 * runs (parameters that nobody told, attributes of resources) is `UNKNOWN_VALUE`, and so is a list or a policy that has it
 * anywhere within: a rule without its source, a statement without its resource would say something else. Of any other
 * object only the member is left out.
 */
export const resolveProperties = (properties: JsonObject, references: References): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => {
      if (key.startsWith('Fn::')) return [];
      const resolved = resolve(value, references);
      return resolved === NO_VALUE ? [] : [[key, resolved ?? UNKNOWN_VALUE] as const];
    }),
  );

const resolveKnown = (object: JsonObject, references: References): JsonObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      if (key.startsWith('Fn::')) return [];
      const resolved = resolve(value, references);
      return resolved === undefined || resolved === NO_VALUE ? [] : [[key, resolved] as const];
    }),
  );

const isPolicy = (value: JsonObject): boolean => Object.hasOwn(value, 'Statement');

/** The same where no member may be missing: undefined where one is not known. */
const resolveWhole = (object: JsonObject, references: References): JsonObject | undefined => {
  const members: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(object)) {
    const resolved = key.startsWith('Fn::') ? undefined : resolve(value, references, true);
    if (resolved === undefined) return undefined;
    if (resolved !== NO_VALUE) members.push([key, resolved]);
  }
  return Object.fromEntries(members);
};

/** @param isWhole undefined for an object of which something is not known */
const resolve = (
  value: JsonValue,
  references: References,
  isWhole = false,
): JsonValue | undefined | typeof NO_VALUE => {
  if (typeof value === 'string') return value.includes('{{resolve:') ? undefined : value;
  if (Array.isArray(value)) return resolveList(value, references);
  if (!isJsonObject(value)) return value;
  const [name, ...others] = Object.keys(value);
  const isFunction = name === 'Ref' || name === 'Condition' || name?.startsWith('Fn::') === true;
  if (isFunction && others.length === 0) {
    return call(name, ownValue(value, name) ?? null, references);
  }
  return isWhole || isPolicy(value)
    ? resolveWhole(value, references)
    : resolveKnown(value, references);
};

const resolveList = (
  list: readonly JsonValue[],
  references: References,
): readonly JsonValue[] | undefined => {
  const members = list
    .map((member) => resolve(member, references, true))
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
      return typeof argument === 'string' ? references.values.get(argument) : undefined;
    case 'Fn::GetAtt':
      return attributeOf(argument, references);
    case 'Fn::Sub':
      return substitute(argument, references);
    case 'Fn::Join':
      return join(argument, references);
    case 'Fn::If':
      return choose(argument, references);
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
  const physicalId = typeof logicalId === 'string' ? references.values.get(logicalId) : undefined;
  return attribute === 'GroupId' && typeof physicalId === 'string' && physicalId.startsWith('sg-')
    ? physicalId
    : undefined;
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
    const value = given === undefined ? references.values.get(name) : resolve(given, references);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    complete = false;
    return '';
  });
  return complete ? filled : undefined;
};

const join = (argument: JsonValue, references: References): string | undefined => {
  const [delimiter, list] = Array.isArray(argument) ? (argument as readonly JsonValue[]) : [];
  if (typeof delimiter !== 'string') return undefined;
  const resolved = resolve(list ?? null, references);
  const members = Array.isArray(resolved) ? (resolved as readonly JsonValue[]) : undefined;
  return members?.every((member) => typeof member === 'string' || typeof member === 'number') ===
    true
    ? members.join(delimiter)
    : undefined;
};

const MAX_CONDITION_DEPTH = 50;

const choose = (
  argument: JsonValue,
  references: References,
): JsonValue | undefined | typeof NO_VALUE => {
  const [condition, then, otherwise] = Array.isArray(argument)
    ? (argument as readonly JsonValue[])
    : [];
  if (typeof condition !== 'string' || then === undefined || otherwise === undefined) {
    return undefined;
  }
  const holds = isTrue({ Condition: condition }, references, 0);
  if (holds === undefined) return undefined;
  return resolve(holds ? then : otherwise, references);
};

/** Whether a condition holds; undefined where it hangs on what is not known. */
const isTrue = (
  condition: JsonValue,
  references: References,
  depth: number,
): boolean | undefined => {
  if (!isJsonObject(condition) || depth > MAX_CONDITION_DEPTH) return undefined;
  const [name = '', ...others] = Object.keys(condition);
  const argument = ownValue(condition, name) ?? null;
  const members = Array.isArray(argument) ? (argument as readonly JsonValue[]) : [];
  const each = (): readonly (boolean | undefined)[] =>
    members.map((member) => isTrue(member, references, depth + 1));
  if (others.length > 0) return undefined;
  switch (name) {
    case 'Condition':
      return typeof argument === 'string'
        ? isTrue(ownValue(references.conditions, argument) ?? null, references, depth + 1)
        : undefined;
    case 'Fn::Equals': {
      const [left, right] = members.map((member) => resolve(member, references));
      return isScalar(left) && isScalar(right) ? String(left) === String(right) : undefined;
    }
    case 'Fn::Not': {
      const [holds] = each();
      return holds === undefined ? undefined : !holds;
    }
    case 'Fn::And':
      return each().includes(false) ? false : each().includes(undefined) ? undefined : true;
    case 'Fn::Or':
      return each().includes(true) ? true : each().includes(undefined) ? undefined : false;
    default:
      return undefined;
  }
};

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
