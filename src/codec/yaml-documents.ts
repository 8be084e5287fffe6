import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Alias,
  type Document,
  type Node,
  type Scalar,
  type Tags,
} from 'yaml';
import type { JsonValue } from '../core/model/json.ts';

/** Where a text stops being YAML. Carries nothing of the text. */
export interface YamlFailure {
  readonly reason: 'not_yaml' | 'too_large';
  readonly position?: string;
  readonly message: string;
}

export interface YamlDocument {
  /** From 1. */
  readonly line: number;
  readonly value: JsonValue;
}

export type YamlResult =
  | { readonly ok: true; readonly documents: readonly YamlDocument[] }
  | { readonly ok: false; readonly failure: YamlFailure };

/** Longest text, in UTF-16 units: the parser takes about 20 times as much memory. */
export const MAX_YAML_LENGTH = 32 * 1024 * 1024;
/** Values that a text may make, aliases followed: a small text can otherwise make billions. */
const MAX_VALUES = 5_000_000;
const MAX_DEPTH = 200;

/**
 * Parses all documents of a YAML text as Kubernetes and CloudFormation read them: YAML 1.1, but for dates and base 60
 * numbers, which stay text. Documents without content are left out. A short form of a CloudFormation function, such as
 * `!Sub text`, becomes `{"Fn::Sub": "text"}`. Integers past 2^53 become their text.
 */
export const parseYamlDocuments = (text: string): YamlResult => {
  if (text.length > MAX_YAML_LENGTH) {
    return failed('too_large', `YAML is read up to ${MAX_YAML_LENGTH} characters.`);
  }
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, {
      version: '1.1',
      customTags: textualTags,
      intAsBigInt: true,
      // Looked at below, in linear time.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
    // No document at all is not an array of documents but an empty object in the types.
    if (!Array.isArray(documents)) return { ok: true, documents: [] };
    const found: YamlDocument[] = [];
    const budget = { left: MAX_VALUES };
    for (const document of documents as readonly Document.Parsed[]) {
      const [error] = document.errors;
      if (error !== undefined) {
        const why = MESSAGES[error.code] ?? 'It is not YAML.';
        return failed('not_yaml', why, positionOf(lines, error.pos[0]));
      }
      if (document.contents === null) continue;
      const value = toJson(document.contents, { document, lines, budget, anchors: new Map() }, 0);
      if (value !== null) {
        found.push({ line: lines.linePos(document.contents.range[0]).line, value });
      }
    }
    return { ok: true, documents: found };
  } catch (error) {
    if (error instanceof RefusedYamlError) return failed('not_yaml', error.message, error.position);
    // The parser recurses, so that a text nested without end overflows the stack.
    if (error instanceof RangeError) return failed('not_yaml', 'It is nested too deep.');
    throw error;
  }
};

class RefusedYamlError extends Error {
  readonly position: string;

  constructor(message: string, position: string) {
    super(message);
    this.position = position;
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'It is not YAML: a tab stands where spaces must.',
  RESOURCE_EXHAUSTION: 'It is nested too deep.',
};

const textualTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (!('format' in tag && tag.format === 'TIME') &&
        !/:(timestamp|binary|set|omap|pairs)$/.test(tag.tag)),
  );

const keyText = ({ source, value }: Scalar): string => source ?? String(value);

interface Walk {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly budget: { left: number };
  /** What each anchor of the document holds so far, and how many values that is. */
  readonly anchors: Map<string, Anchored | 'open'>;
}

interface Anchored {
  readonly value: JsonValue;
  readonly size: number;
}

const toJson = (node: unknown, walk: Walk, depth: number): JsonValue => {
  if (isAlias(node)) return followAlias(node, walk);
  spend(1, node, walk);
  if (depth > MAX_DEPTH) throw refused('It is nested too deep.', node, walk);
  const { anchor, tag } = (node ?? {}) as { readonly anchor?: string; readonly tag?: string };
  const before = walk.budget.left;
  if (anchor !== undefined) walk.anchors.set(anchor, 'open');
  const bare = untagged(node, walk, depth);
  const value =
    tag?.startsWith('!') === true && tag.length > 1 ? shortForm(tag.slice(1), bare) : bare;
  if (anchor !== undefined)
    walk.anchors.set(anchor, { value, size: before - walk.budget.left + 1 });
  return value;
};

const spend = (values: number, node: unknown, walk: Walk): void => {
  walk.budget.left -= values;
  if (walk.budget.left < 0) throw refused('Its aliases make too many values.', node, walk);
};

const untagged = (node: unknown, walk: Walk, depth: number): JsonValue => {
  if (isScalar(node)) return scalar(node.value, node.source);
  if (isSeq(node)) return node.items.map((item) => toJson(item, walk, depth + 1));
  if (!isMap(node)) return null;
  const members = new Map<string, JsonValue>();
  const merged = new Map<string, JsonValue>();
  for (const { key, value } of node.items) {
    const name = keyOf(key, walk, depth);
    if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
      mergeInto(merged, toJson(value, walk, depth + 1));
    } else if (members.has(name)) {
      // By the text: `y` and `on` are two keys, though both are the same truth in YAML 1.1.
      throw refused('A key occurs twice in one mapping.', key, walk);
    } else members.set(name, toJson(value, walk, depth + 1));
  }
  // What the mapping says itself comes before what it merges.
  return Object.fromEntries([...merged, ...members]);
};

const keyOf = (key: unknown, walk: Walk, depth: number): string => {
  if (isScalar(key)) return keyText(key);
  const value = toJson(key, walk, depth + 1);
  if (typeof value === 'string') return value;
  throw refused('A key is a list or a mapping.', key, walk);
};

const mergeInto = (merged: Map<string, JsonValue>, value: JsonValue): void => {
  const sources: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  for (const source of sources) {
    if (typeof source !== 'object' || source === null || Array.isArray(source)) continue;
    for (const [key, member] of Object.entries(source)) {
      if (!merged.has(key)) merged.set(key, member);
    }
  }
};

/** One value shared by all its aliases, counted for each: what reads it walks it each time. */
const followAlias = (alias: Alias, walk: Walk): JsonValue => {
  const anchored = walk.anchors.get(alias.source);
  if (anchored === undefined) throw refused('An alias has no anchor.', alias, walk);
  if (anchored === 'open') throw refused('An alias holds itself.', alias, walk);
  spend(anchored.size, alias, walk);
  return anchored.value;
};

const scalar = (value: unknown, source: string | undefined): JsonValue => {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : (source ?? String(value));
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : (source ?? String(value));
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
};

/** As the CloudFormation user guide writes them in full, intrinsic function reference. */
const shortForm = (name: string, value: JsonValue): JsonValue => {
  if (name === 'Ref' || name === 'Condition') return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': dot === -1 ? [value] : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
};

const refused = (message: string, node: unknown, { lines }: Walk): RefusedYamlError =>
  new RefusedYamlError(message, positionOf(lines, (node as Node | null)?.range?.[0] ?? 0));

const positionOf = (lines: LineCounter, offset: number): string => {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
};

const failed = (reason: YamlFailure['reason'], message: string, position?: string): YamlResult => ({
  ok: false,
  failure: { reason, message, ...(position === undefined ? {} : { position }) },
});
