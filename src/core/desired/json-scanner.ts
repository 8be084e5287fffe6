import type { JsonValue } from '../model/json.ts';
import { parseJsonText } from './json-text.ts';

/** Names of members and positions in lists, from the root. */
export type JsonPath = readonly (string | number)[];

/** Why a scanner cannot go on; `offset` in bytes from the start of the text. */
export interface JsonFault {
  readonly reason: 'truncated' | 'not_json' | 'not_text' | 'too_large' | 'member_twice';
  readonly offset: number;
}

export interface JsonScannerOptions {
  /** Whether the object or list at a path is gone into, rather than taken as one value. */
  readonly isSpine: (path: JsonPath) => boolean;
  /** Told each value in a list that is gone into. Such values are not kept. */
  readonly element: (path: JsonPath, value: JsonValue) => void;
}

export interface JsonScanner {
  /** Takes the next bytes of the text, UTF-8 without a byte order mark. */
  push(chunk: Uint8Array): JsonFault | undefined;
  /** The document without the elements that were told, after the last byte. */
  end(): { readonly head: JsonValue } | { readonly fault: JsonFault };
}

/** Longest value that is taken as one, in bytes: an engine's text has an end. */
const MAX_PIECE = 256 * 1024 * 1024;

interface OpenContainer {
  readonly path: JsonPath;
  readonly isList: boolean;
  /** Members so far: of a list those that were gone into. */
  readonly members: Map<string, JsonValue> | JsonValue[];
  key: string;
  /** Elements of a list so far. */
  count: number;
}

type Expect = 'value' | 'first_value' | 'first_key' | 'key' | 'colon' | 'comma' | 'nothing';

interface Piece {
  readonly start: number;
  readonly kind: 'container' | 'text' | 'scalar';
  /** Bytes of chunks before the present one. */
  readonly parts: Uint8Array[];
  length: number;
  depth: number;
  inText: boolean;
  escaped: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const [COMMA, COLON] = [0x2c, 0x3a];

const isSpace = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Reads a JSON text piece by piece, and holds no more of it than the value that it is in: objects and lists on the
 * spine are gone into, every other value is parsed by itself.
 */
export const createJsonScanner = ({ isSpine, element }: JsonScannerOptions): JsonScanner => {
  const open: OpenContainer[] = [];
  let expect: Expect = 'value';
  let piece: Piece | undefined;
  let head: JsonValue = null;
  /** Bytes before the present chunk. */
  let base = 0;

  const valuePath = (): JsonPath => {
    const parent = open.at(-1);
    if (parent === undefined) return [];
    return [...parent.path, parent.isList ? parent.count : parent.key];
  };

  /** Puts a value in its place. @param isHead whether it is kept though it is in a list */
  const place = (value: JsonValue, isHead: boolean): void => {
    const parent = open.at(-1);
    expect = parent === undefined ? 'nothing' : 'comma';
    if (parent === undefined) head = value;
    else if (parent.members instanceof Map) parent.members.set(parent.key, value);
    else {
      if (isHead) parent.members.push(value);
      else element(valuePath(), value);
      parent.count += 1;
    }
  };

  const close = (): void => {
    const closed = open.pop();
    if (closed === undefined) return;
    const { members } = closed;
    place(members instanceof Map ? Object.fromEntries(members) : members, true);
  };

  /** Ends the piece with the rest of its bytes. @returns what is wrong with it */
  const finish = ({ start, parts, kind }: Piece, rest: Uint8Array): JsonFault | undefined => {
    piece = undefined;
    const bytes = parts.length === 0 ? rest : joined([...parts, rest]);
    const text = decoded(bytes);
    if (text === undefined) return { reason: 'not_text', offset: start };
    const parsed = parseJsonText(text);
    if (!parsed.ok) {
      return {
        reason: 'not_json',
        offset: start + (kind === 'container' ? (faultIn(bytes) ?? 0) : 0),
      };
    }
    const parent = open.at(-1);
    if (expect !== 'key' && expect !== 'first_key') {
      place(parsed.value, false);
      return undefined;
    }
    if (parent?.members instanceof Map) {
      // A part that is told twice would be taken twice.
      const key = typeof parsed.value === 'string' ? parsed.value : '';
      if (parent.members.has(key)) return { reason: 'member_twice', offset: start };
      parent.key = key;
    }
    expect = 'colon';
    return undefined;
  };

  const begin = (byte: number, start: number): void => {
    const isContainer = byte === OPEN_OBJECT || byte === OPEN_LIST;
    if (isContainer && expect !== 'key' && expect !== 'first_key') {
      const path = valuePath();
      if (isSpine(path)) {
        const isList = byte === OPEN_LIST;
        open.push({ path, isList, members: isList ? [] : new Map(), key: '', count: 0 });
        expect = isList ? 'first_value' : 'first_key';
        return;
      }
    }
    const inText = byte === QUOTE;
    const kind = isContainer ? 'container' : inText ? 'text' : 'scalar';
    const depth = isContainer ? 1 : 0;
    piece = { start, kind, parts: [], length: 0, depth, inText, escaped: false };
  };

  /** What a byte between values means; false where it may not stand there. */
  const step = (byte: number, at: number): boolean => {
    const parent = open.at(-1);
    switch (expect) {
      case 'nothing':
        return false;
      case 'comma':
        if (byte === (parent?.isList === true ? CLOSE_LIST : CLOSE_OBJECT)) close();
        else if (byte === COMMA) expect = parent?.isList === true ? 'value' : 'key';
        else return false;
        return true;
      case 'colon':
        expect = 'value';
        return byte === COLON;
      case 'first_key':
      case 'key':
        if (byte === CLOSE_OBJECT && expect === 'first_key') close();
        else if (byte === QUOTE) begin(byte, at);
        else return false;
        return true;
      case 'first_value':
      case 'value':
        if (byte === CLOSE_LIST && expect === 'first_value') {
          close();
          return true;
        }
        if (byte === COMMA || byte === COLON || byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
          return false;
        }
        begin(byte, at);
        return true;
    }
  };

  return {
    push: (chunk) => {
      let at = 0;
      /** Where the present piece goes on in this chunk. */
      let from = 0;
      while (at < chunk.length) {
        if (piece === undefined) {
          const byte = chunk[at] ?? 0;
          if (!isSpace(byte)) {
            from = at;
            if (!step(byte, base + at)) return { reason: 'not_json', offset: base + at };
          }
          at += 1;
          continue;
        }
        const current: Piece = piece;
        const stop = endOfPiece(current, chunk, at);
        at = stop ?? chunk.length;
        current.length += at - from;
        if (current.length > MAX_PIECE) return { reason: 'too_large', offset: current.start };
        if (stop === undefined) break;
        const fault = finish(current, chunk.subarray(from, at));
        if (fault !== undefined) return fault;
      }
      piece?.parts.push(chunk.slice(from));
      base += chunk.length;
      return undefined;
    },
    end: () => {
      if (piece?.kind === 'scalar' && open.length === 0) {
        const fault = finish(piece, new Uint8Array());
        if (fault !== undefined) return { fault };
      }
      if (expect === 'nothing' && piece === undefined) return { head };
      // A bracket that is missing early lets a value reach to the end.
      const wrong = piece?.kind === 'container' ? faultIn(joined(piece.parts)) : undefined;
      return {
        fault:
          piece === undefined || wrong === undefined
            ? { reason: 'truncated', offset: base }
            : { reason: 'not_json', offset: piece.start + wrong },
      };
    },
  };
};

/** Where a piece ends in a chunk, one past its last byte; undefined where it goes on. */
const endOfPiece = (piece: Piece, chunk: Uint8Array, from: number): number | undefined => {
  if (piece.kind === 'scalar') {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST || isSpace(byte))
        return at;
    }
    return undefined;
  }
  let { depth, inText, escaped } = piece;
  for (let at = from; at < chunk.length; at += 1) {
    const byte = chunk[at];
    if (inText) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        inText = false;
        if (depth === 0) return at + 1;
      }
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  piece.depth = depth;
  piece.inText = inText;
  piece.escaped = escaped;
  return undefined;
};

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decoded = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Where a value stops being JSON: all of it gone into, down to the scalar that is wrong. Undefined where only its end is missing. */
const faultIn = (bytes: Uint8Array): number | undefined => {
  const scanner = createJsonScanner({ isSpine: () => true, element: () => undefined });
  return scanner.push(bytes)?.offset;
};
