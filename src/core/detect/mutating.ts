import { STATUS, type AuditEvent } from '../model/audit-event.ts';
import { compileGlob, type GlobMatcher } from '../model/glob.ts';
import { serviceKey } from '../model/operation-key.ts';
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
    | 'runtime_operation';
}

/** Undefined: the event changes configuration, as far as the envelope tells. */
export type MutationStep = (event: AuditEvent) => Passed | undefined;

const FAILED: Passed = { outcome: 'failed', reason: 'call_failed' };
const READ: Passed = { outcome: 'read', reason: 'read_only' };
const READ_BY_NAME: Passed = { outcome: 'read', reason: 'read_by_name' };
const RECORD_TYPE: Passed = { outcome: 'runtime', reason: 'record_type' };
const DATA_EVENT: Passed = { outcome: 'runtime', reason: 'data_event' };
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
 * The first step: failed calls, then reads, then what is no configuration. What the record says of itself comes before
 * its name. Looks at neither actor nor payload.
 */
export const compileMutating = (tables: ProviderTables): MutationStep => {
  const { operations, serviceSuffix } = tables;
  const recordTypes = new Set(operations.runtimeRecordTypes ?? []);
  const isRuntime = compileRuntime(operations);
  return (event) => {
    if (event.statusId === STATUS.failure) return FAILED;
    const { readOnly, operation, recordType } = event;
    if (readOnly === true) return READ;
    if (
      readOnly === undefined &&
      operations.readPrefixes.some((prefix) => startsWithWord(operation, prefix))
    ) {
      return READ_BY_NAME;
    }
    if (recordType !== undefined && recordTypes.has(recordType)) return RECORD_TYPE;
    if (event.dataEvent === true) return DATA_EVENT;
    return isRuntime(serviceKey(event.service, serviceSuffix), operation) ? RUNTIME : undefined;
  };
};
