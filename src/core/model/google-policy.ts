import { isJsonObject, ownString, ownValue, type JsonObject, type JsonValue } from './json.ts';

const ADDRESS = /^(?:deleted:)?(?:user|serviceAccount|group):[^@\s]+@[^@\s]+$/;
const DOMAIN = /^domain:[\w.-]+$/;

/**
 * A member of a policy as Google keeps it: addresses and domains in lower case; undefined for any other text.
 * Source: `iamMemberCaseDiffSuppress` of the Terraform provider.
 */
export const googleMember = (text: string): string | undefined => {
  if (!ADDRESS.test(text) && !DOMAIN.test(text)) return undefined;
  const name = text.lastIndexOf(':') + 1;
  return text.slice(0, name) + text.slice(name).toLowerCase();
};

const CONDITION = ['title', 'description', 'expression'];

type Grants = ReadonlyMap<string, ReadonlySet<string>>;

const objectsOf = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];

/** Who is named under each key; a key that comes twice names all of both. */
const collect = (rows: readonly (readonly [string, JsonValue | undefined])[]): Grants => {
  const found = new Map<string, Set<string>>();
  for (const [key, members] of rows) {
    const named = found.get(key) ?? new Set();
    found.set(key, named);
    if (!Array.isArray(members)) continue;
    for (const member of members as readonly JsonValue[]) {
      if (typeof member === 'string') named.add(googleMember(member) ?? member);
    }
  }
  return found;
};

/** Members by role and condition; a binding of nobody grants nothing. */
const grantsOf = (policy: JsonObject): Grants => {
  const bindings = objectsOf(policy['bindings']).map((binding) => {
    const condition = ownValue(binding, 'condition');
    const words = CONDITION.map((name) => ownString(condition, name));
    return [
      JSON.stringify([ownString(binding, 'role'), ...words]),
      ownValue(binding, 'members'),
    ] as const;
  });
  return new Map([...collect(bindings)].filter(([, members]) => members.size > 0));
};

/** Who is exempt, by service and kind of log. */
const auditsOf = (policy: JsonObject): Grants =>
  collect(
    objectsOf(ownValue(policy, 'auditConfigs')).flatMap((config) =>
      objectsOf(ownValue(config, 'auditLogConfigs')).map(
        (log) =>
          [
            JSON.stringify([ownString(config, 'service'), ownString(log, 'logType')]),
            ownValue(log, 'exemptedMembers'),
          ] as const,
      ),
    ),
  );

const isSameGrants = (one: Grants, other: Grants): boolean =>
  one.size === other.size &&
  [...one].every(([key, members]) => {
    const others = other.get(key);
    return members.size === others?.size && [...members].every((member) => others.has(member));
  });

const isText = (value: JsonValue | undefined): boolean => typeof value === 'string';
const isTextOrNone = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || isText(value);

const isListOf = (value: JsonValue | undefined, is: (item: JsonValue) => boolean): boolean =>
  Array.isArray(value) && (value as readonly JsonValue[]).every(is);

const isCondition = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  (isJsonObject(value) && CONDITION.every((name) => isTextOrNone(ownValue(value, name))));

const isBinding = (value: JsonValue): boolean =>
  isText(ownValue(value, 'role')) &&
  isListOf(ownValue(value, 'members') ?? [], isText) &&
  isCondition(ownValue(value, 'condition'));

const isPolicy = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && isListOf(ownValue(value, 'bindings'), isBinding);

/**
 * Whether two IAM policies of Google grant the same: in any order, with the members of a role in one binding or several,
 * whatever `etag` and `version` say. Undefined where one of the two is no policy, or where they differ in their audit
 * configurations: which of these a call sets, its update mask decides.
 */
export const isSameGooglePolicy = (
  observed: JsonValue,
  desired: JsonValue,
): boolean | undefined => {
  if (!isPolicy(observed) || !isPolicy(desired)) return undefined;
  if (!isSameGrants(grantsOf(observed), grantsOf(desired))) return false;
  return isSameGrants(auditsOf(observed), auditsOf(desired)) ? true : undefined;
};
