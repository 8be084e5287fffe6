import { isJsonObject, ownValue, type JsonValue } from '../model/json.ts';

/** Steps into an attribute value: a name or map key, the position in a list, every member, or every variable. */
export type SecretPath = readonly (string | number | typeof EVERY_MEMBER | typeof EVERY_VALUE)[];

export const EVERY_MEMBER = Symbol('every member');

/** The values of variables: of a map, or of pairs such as `{name, value}` in a list; names stay. */
const EVERY_VALUE = Symbol('every value');
const PAIR_VALUES: readonly SecretPath[] = [['value'], ['Value']];

/**
 * The paths of `sensitive_attributes` in a state: arrays of `{type: get_attr|index, value}`, where the value of an
 * index may be wrapped as `{value, type}` and, for a set, is the member itself. Undefined where the form is unknown.
 */
export const parseSensitivePaths = (
  value: JsonValue | undefined,
): readonly SecretPath[] | undefined => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const paths = value.map(parsePath);
  return paths.every((path) => path !== undefined) ? paths : undefined;
};

const parsePath = (value: JsonValue): SecretPath | undefined => {
  // Releases before 0.15 wrote a path of one step as that step.
  const steps: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  const parsed = steps.map(parseStep);
  return parsed.length > 0 && parsed.every((step) => step !== undefined) ? parsed : undefined;
};

const parseStep = (step: JsonValue): SecretPath[number] | undefined => {
  const stepType = ownValue(step, 'type');
  const stepValue = ownValue(step, 'value');
  if (stepType === 'get_attr') return typeof stepValue === 'string' ? stepValue : undefined;
  if (stepType !== 'index' || stepValue === undefined) return undefined;
  const key =
    isJsonObject(stepValue) && Object.hasOwn(stepValue, 'value') ? stepValue['value'] : stepValue;
  if (typeof key === 'string') return key;
  return typeof key === 'number' && Number.isInteger(key) ? key : EVERY_MEMBER;
};

/** An attribute path of a table, such as `master_auth[0].client_key` or `environment.variables.*`. */
export const parseAttributePath = (path: string): SecretPath =>
  path
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((step) => step !== '')
    .map((step) => (step === '*' ? EVERY_VALUE : /^\d+$/.test(step) ? Number(step) : step));

/** What is left of the paths behind the member of a list. A name goes on to every member. */
export const pathsBelowPosition = (
  paths: readonly SecretPath[],
  position: number,
): readonly SecretPath[] =>
  paths.length === 0
    ? paths
    : paths.flatMap((path) => {
        const [step, ...rest] = path;
        if (typeof step === 'string') return [path];
        if (step === EVERY_VALUE) return PAIR_VALUES;
        return step === EVERY_MEMBER || step === position ? [rest] : [];
      });

/** Attributes of many types that hold variables, which anybody may set to a secret under any name. */
const isVariables = (key: string): boolean =>
  key.endsWith('environment_variables') ||
  key.endsWith('environment_variable') ||
  key === 'app_settings';

/**
 * What is left of the paths behind the member of an object, with the values of variables by its name. A position, which
 * an object lacks, means every member.
 */
export const pathsBelowKey = (paths: readonly SecretPath[], key: string): readonly SecretPath[] => {
  const left =
    paths.length === 0
      ? paths
      : paths.flatMap(([step, ...rest]) =>
          typeof step !== 'string' || step === key ? [rest] : [],
        );
  return isVariables(key) ? [...left, [EVERY_VALUE]] : left;
};
