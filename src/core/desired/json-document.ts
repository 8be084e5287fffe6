import type { JsonValue } from '../model/json.ts';
import { createJsonScanner, type JsonFault, type JsonPath } from './json-scanner.ts';
import { parseJsonText } from './json-text.ts';
import { chunked, wholeBytes, type SourceContent } from '../model/source-content.ts';

/** A value in one of the lists that a document is read by. */
export interface ListElement {
  /** Such as `['resources', 3]`. */
  readonly path: JsonPath;
  readonly value: JsonValue;
}

/** A JSON text of any size. Of a large one no more is held than its head. */
export interface JsonDocument {
  /** The document, but for the elements of its long lists: those are empty here. */
  readonly head: JsonValue;
  readonly isLarge: boolean;
  /** Those elements in their order, as often as they are asked for. */
  readonly elements: () => Iterable<ListElement>;
  /** The document as it is; undefined where it is too large to be held. */
  readonly whole: () => JsonValue | undefined;
}

/** Up to this many bytes a document is parsed once and held. */
const SMALL = 16 * 1024 * 1024;
/** Up to this many bytes a document may be held where its format needs it whole. */
const MAX_WHOLE = 256 * 1024 * 1024;

const MAX_MODULE_DEPTH = 50;

/**
 * What is gone into: the lists of resources of a Terraform state, of a Pulumi checkpoint, and of what
 * `terraform show -json` prints, module by module.
 */
const isSpine = (path: JsonPath): boolean => {
  const [root, second, third] = path;
  switch (root) {
    case undefined:
      return true;
    case 'resources':
    case 'resource_changes':
    case 'resource_drift':
      return path.length === 1;
    case 'deployment':
      return path.length === 1 || (path.length === 2 && second === 'resources');
    case 'checkpoint':
      return (
        path.length === 1 ||
        (second === 'latest' && (path.length === 2 || (path.length === 3 && third === 'resources')))
      );
    case 'values':
    case 'planned_values':
      return isModuleSpine(path.slice(1));
    case 'prior_state':
      return path.length === 1 || (second === 'values' && isModuleSpine(path.slice(2)));
    default:
      return false;
  }
};

/** `root_module`, its `resources`, its `child_modules`, and so on below each of those. */
const isModuleSpine = (path: JsonPath): boolean => {
  if (path.length === 0) return true;
  if (path[0] !== 'root_module' || path.length > 2 * MAX_MODULE_DEPTH) return false;
  for (let at = 1; at < path.length; at += 2) {
    const isLast = at === path.length - 1;
    if (path[at] === 'resources') return isLast;
    if (path[at] !== 'child_modules') return false;
  }
  return true;
};

/** Reads a JSON text, UTF-8, to its end; what is wrong with it comes with line and column. */
export const readJsonDocument = (
  content: SourceContent,
):
  | { readonly ok: true; readonly document: JsonDocument }
  | {
      readonly ok: false;
      readonly reason: JsonFault['reason'];
      readonly position: string;
    } => {
  const source = chunked(content);
  const isLarge = source.size > SMALL;
  const held: ListElement[] = [];
  const scanner = createJsonScanner({
    isSpine,
    element: (path, value) => {
      if (!isLarge) held.push({ path, value });
    },
  });
  const failed = ({ reason, offset }: JsonFault) => ({
    ok: false as const,
    reason,
    position: positionAt(source, offset),
  });
  for (const chunk of textChunks(content)) {
    const fault = scanner.push(chunk);
    if (fault !== undefined) return failed(fault);
  }
  const ended = scanner.end();
  if ('fault' in ended) return failed(ended.fault);
  return {
    ok: true,
    document: {
      head: ended.head,
      isLarge,
      elements: () => (isLarge ? { [Symbol.iterator]: () => elementsOf(content) } : held),
      whole: () => (source.size > MAX_WHOLE ? undefined : parsedWhole(content)),
    },
  };
};

/** Reads the elements again; the text has been read to its end before, so nothing is wrong with it. */
function* elementsOf(content: SourceContent): Generator<ListElement, undefined> {
  let read: ListElement[] = [];
  const scanner = createJsonScanner({
    isSpine,
    element: (path, value) => void read.push({ path, value }),
  });
  for (const chunk of textChunks(content)) {
    scanner.push(chunk);
    const elements = read;
    read = [];
    yield* elements;
  }
  return undefined;
}

const parsedWhole = (content: SourceContent): JsonValue | undefined => {
  const parsed = parseJsonText(new TextDecoder().decode(wholeBytes(content)));
  return parsed.ok ? parsed.value : undefined;
};

/** A byte order mark is no part of the text. */
function* textChunks(content: SourceContent): Generator<Uint8Array, undefined> {
  let isFirst = true;
  for (const chunk of chunked(content).chunks()) {
    const hasMark = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    yield hasMark ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
  return undefined;
}

/** `line 3, column 7`, both from 1; columns are characters. */
const positionAt = (content: SourceContent, offset: number): string => {
  let line = 1;
  let column: Uint8Array[] = [];
  let left = offset;
  for (const chunk of textChunks(content)) {
    const before = chunk.subarray(0, Math.min(left, chunk.length));
    let from = 0;
    for (let at = before.indexOf(0x0a); at !== -1; at = before.indexOf(0x0a, from)) {
      line += 1;
      column = [];
      from = at + 1;
    }
    column.push(before.subarray(from));
    left -= before.length;
    if (left <= 0) break;
  }
  const decoder = new TextDecoder();
  const characters = column.reduce(
    (sum, bytes) => sum + decoder.decode(bytes, { stream: true }).length,
    0,
  );
  return `line ${line}, column ${characters + 1}`;
};
