import { readdirSync, readFileSync } from 'node:fs';
import { isJsonObject, ownString, ownValue, type JsonValue } from '../../src/core/model/json.ts';
import { sharedData } from './shared-data.ts';

/** A record of `shared/data/events`, read without any code of detection. */
export interface SourceRecord {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly text: string;
  /** The act itself, out of an EventBridge envelope or a row of LookupEvents. */
  readonly act: JsonValue;
}

const actOf = (value: JsonValue): JsonValue => {
  const detail = ownValue(value, 'detail');
  if (isJsonObject(detail)) return detail;
  const row = ownString(value, 'CloudTrailEvent');
  return row === undefined ? value : (JSON.parse(row) as JsonValue);
};

const SUFFIX = '.ndjson';

/** The files of events, without suffix. */
export const sources = (): readonly string[] =>
  readdirSync(sharedData('events'))
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .toSorted();

export const sourceRecords = (source: string): readonly SourceRecord[] =>
  readFileSync(sharedData(`events/${source}${SUFFIX}`), 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      text === '' ? [] : [{ line: index + 1, text, act: actOf(JSON.parse(text) as JsonValue) }],
    );

/** The value at a dotted path of the record; undefined where there is none. */
export const valueAt = (value: JsonValue, path: string): JsonValue | undefined =>
  path
    .split('.')
    .reduce<JsonValue | undefined>(
      (at, key) =>
        Array.isArray(at)
          ? (at as readonly JsonValue[])[Number(key)]
          : at === undefined
            ? undefined
            : ownValue(at, key),
      value,
    );

const textAt = (value: JsonValue, path: string): string | undefined => {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
};

const isError = (status: JsonValue | undefined): boolean => {
  const code = status === undefined ? undefined : ownValue(status, 'code');
  return typeof code === 'number' && code !== 0;
};

/**
 * What the record itself says it is, for the events that can be no candidate: by the plain fields of each provider,
 * so that it tests the tables of detection and does not repeat them. Undefined where the fields say neither.
 */
export const statedOutcome = (act: JsonValue): 'failed' | 'read' | undefined => {
  if (textAt(act, 'errorCode') ?? textAt(act, 'errorMessage')) return 'failed';
  if (/^"?true"?$/i.test(JSON.stringify(valueAt(act, 'readOnly') ?? null))) return 'read';
  const azure = textAt(act, 'resultType') ?? textAt(act, 'status.value') ?? '';
  if (/^fail/i.test(azure)) return 'failed';
  if (isError(valueAt(act, 'protoPayload.status'))) return 'failed';
  const verb = textAt(act, 'verb');
  if (verb !== undefined && /^(get|list|watch)$/.test(verb)) return 'read';
  const code = verb === undefined ? undefined : valueAt(act, 'responseStatus.code');
  return typeof code === 'number' && code >= 400 ? 'failed' : undefined;
};

const TERRAFORM = /Terraform\/\d|terraform-provider-/;

/** Who must be trusted for an act by a pipeline to be code's own; undefined for any other act. */
export const pipelinePrincipal = (act: JsonValue): string | undefined => {
  const agents = ['userAgent', 'protoPayload.requestMetadata.callerSuppliedUserAgent'].flatMap(
    (path) => textAt(act, path) ?? [],
  );
  const byTool =
    agents.some((agent) => TERRAFORM.test(agent)) ||
    textAt(act, 'userIdentity.invokedBy') === 'cloudformation.amazonaws.com';
  if (!byTool) return undefined;
  return [
    'userIdentity.sessionContext.sessionIssuer.arn',
    'userIdentity.arn',
    'protoPayload.authenticationInfo.principalEmail',
    'user.username',
  ]
    .map((path) => textAt(act, path))
    .find((text) => text !== undefined);
};
