import { STATUS, type AuditEvent } from '../model/audit-event.ts';
import { compileGlob, type GlobMatcher } from '../model/glob.ts';
import { knownOperation } from '../model/known-operation.ts';
import { operationName, serviceKey } from '../model/operation-key.ts';
import type { OperationTable, ProviderTables } from '../model/provider-tables.ts';

/** Why an event can be no drift, told by the envelope alone. */
export interface Passed {
  readonly outcome: 'failed' | 'read' | 'runtime';
  readonly reason:
    | 'call_failed'
    | 'read_only'
    | 'read_by_name'
    | 'record_type'
    | 'data_event'
    | 'call_begun'
    | 'runtime_operation';
}

/** Undefined: the event changes configuration, as far as the envelope tells. */
export type MutationStep = (event: AuditEvent) => Passed | undefined;

const FAILED: Passed = { outcome: 'failed', reason: 'call_failed' };
const READ: Passed = { outcome: 'read', reason: 'read_only' };
const READ_BY_NAME: Passed = { outcome: 'read', reason: 'read_by_name' };
const RECORD_TYPE: Passed = { outcome: 'runtime', reason: 'record_type' };
const DATA_EVENT: Passed = { outcome: 'runtime', reason: 'data_event' };
const CALL_BEGUN: Passed = { outcome: 'runtime', reason: 'call_begun' };
const RUNTIME: Passed = { outcome: 'runtime', reason: 'runtime_operation' };

const isLowerCase = (code: number): boolean => code >= 0x61 && code <= 0x7a;

const startsWithWord = (name: string, word: string): boolean =>
  name.startsWith(word) &&
  (word.length === name.length || !isLowerCase(name.charCodeAt(word.length)));

/** `Name`, `Prefix*` or a glob; the kinds of names that one service has. */
interface NameSet {
  readonly exact: Set<string>;
  readonly prefixes: string[];
  readonly globs: GlobMatcher[];
}

const inNames = (names: NameSet | undefined, name: string): boolean =>
  names !== undefined &&
  (names.exact.has(name) ||
    names.prefixes.some((prefix) => name.startsWith(prefix)) ||
    names.globs.some((matches) => matches(name)));

const compileRuntime = (
  table: OperationTable,
): ((service: string, operation: string) => boolean) => {
  const byService = new Map<string, NameSet>();
  const byServicePrefix = new Map<string, NameSet>();
  for (const key of table.runtime) {
    const colon = key.indexOf(':');
    const service = key.slice(0, colon);
    const name = key.slice(colon + 1);
    const open = service.endsWith('*');
    const groups = open ? byServicePrefix : byService;
    const group = open ? service.slice(0, -1) : service;
    const names = groups.get(group) ?? { exact: new Set(), prefixes: [], globs: [] };
    groups.set(group, names);
    if (name.slice(0, -1).includes('*')) names.globs.push(compileGlob(name));
    else if (name.endsWith('*')) names.prefixes.push(name.slice(0, -1));
    else names.exact.add(name);
  }
  const openGroups = [...byServicePrefix];
  return (service, operation) =>
    inNames(byService.get(service), operation) ||
    openGroups.some(([prefix, names]) => service.startsWith(prefix) && inNames(names, operation));
};

/**
 * The first step: failed calls, then reads, then what is no configuration, then what has only begun. What the record
 * says of itself comes before its name. Looks at neither actor nor payload.
 */
export const compileMutating = (tables: ProviderTables): MutationStep => {
  const { operations, serviceSuffix } = tables;
  const { readPrefixes, readSuffixes = [], runtimeSuffixes = [] } = operations;
  const recordTypes = new Set(operations.runtimeRecordTypes?.map((type) => type.toLowerCase()));
  const isRuntime = compileRuntime(operations);
  const hasRow = (event: AuditEvent): boolean => knownOperation(event, tables).row !== undefined;
  return (event) => {
    if (event.statusId === STATUS.failure) return FAILED;
    const { readOnly, recordType } = event;
    if (readOnly === true) return READ;
    const service = serviceKey(event.service, serviceSuffix);
    const operation = operationName(event.operation, service);
    if (
      readOnly === undefined &&
      (readPrefixes.some((prefix) => startsWithWord(operation, prefix)) ||
        readSuffixes.some((suffix) => operation.endsWith(suffix)))
    ) {
      return READ_BY_NAME;
    }
    if (recordType !== undefined && recordTypes.has(recordType.toLowerCase())) return RECORD_TYPE;
    if (event.dataEvent === true) return DATA_EVENT;
    if (isRuntime(service, operation)) return RUNTIME;
    if (runtimeSuffixes.some((suffix) => operation.endsWith(suffix)) && !hasRow(event)) {
      return RUNTIME;
    }
    return event.call?.phase === 'begun' ? CALL_BEGUN : undefined;
  };
};
