import { isArn } from './identity.ts';
import { isJsonObject } from './json.ts';
import type { JsonValue } from './json.ts';

/** A value that may denote the resource that an operation without a row touched. */
export interface RequestIdentifier {
  /** The parameter's own name, such as `detectorId`. */
  readonly name: string;
  readonly value: string;
  readonly arn: boolean;
}

const MAX_DEPTH = 6;
const MAX_VISITED = 2_000;
const MAX_FOUND = 50;
const MAX_LENGTH = 2_048;

/** Words that stand for the target whatever the operation is called. */
const TARGETS = ['resourcearn', 'resourceid', 'resource', 'arn', 'id', 'identifier', 'name'];
const ENDINGS = ['arn', 'id', 'name', 'identifier', ''];

/** What an operation acts on: `Detector` of `UpdateDetector`; empty for a name of one word. */
export const nounOf = (operation: string): string =>
  /^[A-Z][a-z0-9]*(?=[A-Z])/.test(operation) ? operation.replace(/^[A-Z][a-z0-9]*/, '') : '';

/** Whether a parameter of this name denotes the operation's target, not something that it refers to. */
export const namesTarget = (parameter: string, operation: string): boolean => {
  const name = parameter.toLowerCase();
  const noun = nounOf(operation).toLowerCase();
  return (
    TARGETS.includes(name) || (noun !== '' && ENDINGS.some((ending) => name === `${noun}${ending}`))
  );
};

/** Texts in the parameters that may be identifiers: no spaces, at most 2,048 characters, 50 of them, 6 levels deep. */
export const requestIdentifiers = (
  request: JsonValue | undefined,
): readonly RequestIdentifier[] => {
  const found: RequestIdentifier[] = [];
  let visited = 0;
  const isDone = (): boolean => visited >= MAX_VISITED || found.length >= MAX_FOUND;
  const visit = (value: JsonValue, name: string, depth: number): void => {
    if (isDone()) return;
    visited += 1;
    if (typeof value === 'string') {
      if (value !== '' && value.length <= MAX_LENGTH && !/\s/.test(value)) {
        found.push({ name, value, arn: isArn(value) });
      }
      return;
    }
    if (depth >= MAX_DEPTH) return;
    if (Array.isArray(value)) {
      for (const item of value as readonly JsonValue[]) {
        if (isDone()) return;
        visit(item, name, depth + 1);
      }
    } else if (isJsonObject(value)) {
      for (const [key, member] of Object.entries(value)) {
        if (isDone()) return;
        visit(member, key, depth + 1);
      }
    }
  };
  if (request !== undefined) visit(request, '', 0);
  return found;
};
