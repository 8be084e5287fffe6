import type { AuditEvent } from '../../model/audit-event.ts';
import type { DesiredResource } from '../../model/desired-resource.ts';
import type { Change } from '../../model/drift-candidate.ts';
import { isJsonObject, ownString, ownValue, type JsonValue } from '../../model/json.ts';
import type { ObjectTable } from '../../model/object-table.ts';
import { redactedValue, type SecretHash } from '../../model/redacted-value.ts';
import { memberPath } from './attribute-path.ts';
import { createComparison, withoutStringData, type Comparison } from './comparison.ts';
import { desiredObject, type DesiredObject } from './desired-object.ts';
import { compareJsonPatch, touchesDeclared } from './json-patch.ts';
import { comparePatch } from './merge-patch.ts';
import { declaredPart } from './server-parts.ts';
import { withBinaryData } from './terraform-secret.ts';
import { compareWhole } from './whole-object.ts';

/** What a call carries of an object, and how it is meant. */
interface Body {
  readonly verb: string;
  readonly subresource: string | undefined;
  readonly secret: boolean;
  readonly value: JsonValue;
}

/** A subresource by which parts of the object itself are written. */
const WRITING_SUBRESOURCES = new Set(['scale', 'ephemeralcontainers', 'resize']);

const bodyOf = ({ operation, request }: AuditEvent): Body | undefined => {
  const value = ownValue(request, 'requestObject');
  if (value === undefined || value === null || typeof value !== 'object') return undefined;
  const reference = ownValue(request, 'objectRef');
  const secret =
    ownString(reference, 'resource') === 'secrets' &&
    ownString(reference, 'apiGroup') === undefined;
  return {
    verb: operation.slice(operation.lastIndexOf('.') + 1),
    subresource: ownString(reference, 'subresource'),
    secret,
    value: secret ? withoutStringData(value) : value,
  };
};

/** Of a Scale, which is an object of its own, what it says of the object that is scaled. */
const scaled = (value: JsonValue): JsonValue | undefined => {
  const replicas = ownValue(ownValue(value, 'spec'), 'replicas');
  return replicas === undefined ? undefined : { spec: { replicas } };
};

/** A server-side apply is a patch that says what it is about; merge patches do not. */
const isApply = (value: JsonValue): boolean =>
  ownString(value, 'apiVersion') !== undefined && ownString(value, 'kind') !== undefined;

/**
 * Whether a call writes nothing that code may declare: a status, managed fields, marks of tools. False where the record
 * does not carry what it writes.
 */
export const writesServerPartsOnly = (event: AuditEvent, table: ObjectTable): boolean => {
  const body = bodyOf(event);
  if (body?.verb !== 'patch' || body.subresource !== undefined) return false;
  return Array.isArray(body.value)
    ? body.value.length > 0 && !touchesDeclared(body.value as readonly JsonValue[], table)
    : declaredPart(body.value, table) === undefined;
};

/** The whole object has what code says: told by its parts, without values. */
const tellSections = (comparison: Comparison, { value, path }: DesiredObject): void => {
  for (const [key, section] of Object.entries(value)) {
    if (['apiVersion', 'api_version', 'kind', 'metadata', 'id', 'status'].includes(key)) continue;
    if (typeof section === 'object' && section !== null) comparison.equal(memberPath(path, key));
  }
  if (comparison.changes.length === 0) comparison.equal(memberPath(path, 'metadata'));
};

const compareBody = (
  comparison: Comparison,
  body: Body,
  desired: DesiredObject,
  after: JsonValue | undefined,
): void => {
  const { table } = comparison.options;
  const { path, value: root } = desired;
  if (Array.isArray(body.value)) {
    const operations = body.value as readonly JsonValue[];
    return compareJsonPatch(comparison, operations, { path, desired: root, after }, table);
  }
  if (body.subresource !== undefined) {
    if (!WRITING_SUBRESOURCES.has(body.subresource)) return;
    const part =
      body.subresource === 'scale' ? scaled(body.value) : declaredPart(body.value, table);
    if (part !== undefined) comparePatch(comparison, path, part, root, after);
    return;
  }
  const part = declaredPart(body.value, table);
  if (body.verb === 'patch' && !isApply(body.value)) {
    if (part !== undefined) comparePatch(comparison, path, part, root, after);
    return;
  }
  const declared = declaredPart(root, table) ?? {};
  const { id: _id, ...attributes } = declared;
  compareWhole(comparison, path, part ?? {}, attributes, { removes: body.verb !== 'patch' });
  if (comparison.changes.length === 0) tellSections(comparison, desired);
};

/**
 * How what a call wrote of an object stands to what code says of it; of what is the same at most 50 attributes. Empty
 * where the record carries nothing of it.
 */
export const objectChanges = (
  event: AuditEvent,
  owner: DesiredResource,
  table: ObjectTable,
  hash: SecretHash | undefined,
): readonly Change[] => {
  const body = bodyOf(event);
  const desired = desiredObject(owner);
  if (body === undefined || desired === undefined) return [];
  const comparison = createComparison({
    table,
    secret: body.secret,
    terraform: desired.terraform,
    hash,
  });
  const after = event.response;
  const isObject = isJsonObject(after) && ownString(after, 'kind') !== 'Status';
  const shown = isObject ? after : undefined;
  if (!body.secret || !desired.terraform || body.subresource !== undefined) {
    compareBody(comparison, body, desired, shown);
    return comparison.changes;
  }
  const write = withBinaryData(comparison, {
    body: body.value,
    desired: desired.value,
    after: shown,
    whole: body.verb !== 'patch',
  });
  const part = { ...desired, value: write.desired };
  compareBody(comparison, { ...body, value: write.body }, part, write.after);
  return comparison.changes;
};

/** What an object that no code owns was made with, part by part; a Secret's values as markers. */
export const createdParts = (
  event: AuditEvent,
  table: ObjectTable,
  hash: SecretHash | undefined,
): readonly Change[] => {
  const body = bodyOf(event);
  const part = body === undefined ? undefined : declaredPart(body.value, table);
  if (body === undefined || part === undefined) return [];
  return Object.entries(part).map(([key, value]): Change => {
    const secret = body.secret && key === 'data' && isJsonObject(value);
    const observed = secret
      ? Object.fromEntries(
          Object.entries(value).map(([name, each]) => [name, redactedValue(each, hash)]),
        )
      : value;
    return { path: key, action: 'set', observed, verdict: 'not_in_desired' };
  });
};
