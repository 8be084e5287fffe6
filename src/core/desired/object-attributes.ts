import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { snakeCase } from '../model/snake-case.ts';

/** Names of attributes whose members users name: their keys stay as they are. */
const FREE_KEYS = new Set(
  [
    'tags|tagsAll|labels|annotations|variables|environmentVariables|parameters|metadata|data',
    'stringData|binaryData|matchLabels|defaultArguments|properties|config|configuration',
    'requestParameters|responseParameters|requestTemplates|responseTemplates|responseModels',
    'stageVariables|dockerLabels|triggers|userLabels|effectiveLabels|pulumiLabels|appSettings',
    'effectiveAnnotations|options|environment_variables|defaultTags|keepers',
  ]
    .join('|')
    .split('|'),
);

/**
 * Keys of an object and of the objects in it in snake case, but for members that users name, such as tags, and for
 * policy documents. Keys that start with `__` are a tool's own and are left out.
 */
export const snakeCaseKeys = (value: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith('__'))
      .map(([key, member]) => [
        snakeCase(key),
        FREE_KEYS.has(lowerFirst(key)) || isPolicy(member) ? member : snakeCaseValue(member),
      ]),
  );

const snakeCaseValue = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(snakeCaseValue);
  return isJsonObject(value) ? snakeCaseKeys(value) : value;
};

const lowerFirst = (key: string): string => key.slice(0, 1).toLowerCase() + key.slice(1);

/** A policy document is a document of the provider's own, whose keys are no attribute names. */
const isPolicy = (value: JsonValue): boolean =>
  isJsonObject(value) && Object.hasOwn(value, 'Statement');

/** `[{Key, Value}]` as a map, as Terraform writes tags; undefined for any other value. */
export const tagMap = (value: JsonValue): JsonObject | undefined => {
  if (!Array.isArray(value)) return undefined;
  const pairs = (value as readonly JsonValue[]).map(
    (tag): readonly [string, JsonValue] | undefined => {
      if (!isJsonObject(tag)) return undefined;
      const key = tag['Key'] ?? tag['key'];
      return typeof key === 'string' ? [key, tag['Value'] ?? tag['value'] ?? ''] : undefined;
    },
  );
  return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : undefined;
};
