/** A pattern of `.driftignore` made ready. */
export interface IgnorePattern {
  /** It began with `!`: what it matches is kept. */
  readonly keeps: boolean;
  /** Whether it matches an address, or an address with a path, or what stands above it: `a.b` also matches `a.b.c`. */
  readonly matches: (text: string) => boolean;
  /**
   * Whether it matches the type, `type.id`, or `type.id.path` up to any dot of the path. An id may have dots of its
   * own, so `type.my` says nothing of `type.my.bucket`, and `type.*.comment` names an attribute, never an id.
   */
  readonly matchesId: (type: string, id: string, path: string | undefined) => boolean;
}

/** What is wrong with a pattern, and at which character, from 1. */
export interface PatternFault {
  readonly fault: string;
  readonly column: number;
}

type Token =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'one'; readonly code: number }
  | {
      readonly kind: 'class';
      readonly not: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    };

const LONGEST = 1_024;
const DOT: Token = { kind: 'one', code: 0x2e };
const STAR: Token = { kind: 'star' };

/** The class that begins after `[` at `start`, with the place after its `]`; undefined where there is none. */
const classAt = (
  text: string,
  start: number,
): { readonly token: Token; readonly end: number } | undefined => {
  let at = start;
  const not = text[at] === '!' || text[at] === '^';
  if (not) at++;
  const ranges: (readonly [number, number])[] = [];
  const code = (): number => {
    if (text[at] === '\\') at++;
    return text.charCodeAt(at++);
  };
  for (let first = true; at < text.length; first = false) {
    if (text[at] === ']' && !first) return { token: { kind: 'class', not, ranges }, end: at + 1 };
    const from = code();
    const isRange = text[at] === '-' && at + 1 < text.length && text[at + 1] !== ']';
    if (isRange) at++;
    ranges.push([from, isRange ? code() : from]);
  }
  return undefined;
};

const tokensOf = (text: string, start: number): readonly Token[] | PatternFault => {
  const tokens: Token[] = [];
  for (let at = start; at < text.length;) {
    const char = text[at];
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push(STAR);
      at++;
    } else if (char === '?') {
      tokens.push({ kind: 'any' });
      at++;
    } else if (char === '[') {
      const found = classAt(text, at + 1);
      if (found === undefined) return { fault: '[ without its ]', column: at + 1 };
      tokens.push(found.token);
      at = found.end;
    } else {
      if (char === '\\') at++;
      if (at >= text.length) return { fault: '\\ with nothing after it', column: at };
      tokens.push({ kind: 'one', code: text.charCodeAt(at) });
      at++;
    }
  }
  return tokens;
};

const takes = (token: Token, code: number): boolean => {
  switch (token.kind) {
    case 'star':
      return false;
    case 'any':
      return true;
    case 'one':
      return token.code === code;
    case 'class':
      return token.not !== token.ranges.some(([from, to]) => code >= from && code <= to);
  }
};

/** Goes back to the last star alone, so never more steps than tokens times characters. */
const matchesWhole = (tokens: readonly Token[], text: string): boolean => {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < text.length) {
    const token = tokens[at];
    if (token?.kind === 'star') {
      star = at++;
      resume = position;
    } else if (token !== undefined && takes(token, text.charCodeAt(position))) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else {
      return false;
    }
  }
  while (tokens[at]?.kind === 'star') at++;
  return at === tokens.length;
};

/** `type.*.attribute`: the star is the whole id. */
const OF_EACH = /^[^.*?[\\]+\.\*+\../;

/** The path and the paths above it: `a.0.b`, `a.0`, `a`. */
const pathsUpTo = (path: string): readonly string[] => {
  const found = [path];
  for (let at = path.lastIndexOf('.'); at > 0; at = path.lastIndexOf('.', at - 1)) {
    found.push(path.slice(0, at));
  }
  return found;
};

/** Spaces at the end do not count but for one that a backslash keeps. */
const withoutTrailingSpaces = (line: string): string => {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  let slashes = 0;
  while (line[end - 1 - slashes] === '\\') slashes++;
  return line.slice(0, slashes % 2 === 1 && end < line.length ? end + 1 : end);
};

/**
 * A pattern in the syntax of gitignore over `type.id` or `type.id.path.to.attribute`, as driftctl reads `.driftignore`:
 * `*` any run of characters, dots and slashes too; `?` one; `[a-z]`, `[!a]` one of a class; `\` takes the next character
 * for itself; `!` at the start keeps.
 */
export const compileIgnorePattern = (line: string): IgnorePattern | PatternFault => {
  const text = withoutTrailingSpaces(line);
  const keeps = text.startsWith('!');
  const start = keeps ? 1 : 0;
  if (text.length === start) return { fault: 'no pattern', column: start + 1 };
  if (text.length > LONGEST) {
    return { fault: `a pattern of more than ${LONGEST} characters`, column: LONGEST + 1 };
  }
  const blank = /^\s/.exec(text.slice(start));
  if (blank !== null) return { fault: 'a space where the pattern starts', column: start + 1 };
  const comment = / #/.exec(text);
  if (comment !== null) {
    return {
      fault: 'a comment behind the pattern: it needs a line of its own (or write \\# for the sign)',
      column: comment.index + 2,
    };
  }
  const tokens = tokensOf(text, start);
  if ('fault' in tokens) return tokens;
  const below = [...tokens, DOT, STAR];
  // A line that keeps is read widely, one that takes narrowly.
  const ofEach = !keeps && OF_EACH.test(text);
  return {
    keeps,
    matchesId: (type, id, path) =>
      matchesWhole(tokens, type) ||
      (!ofEach && matchesWhole(tokens, `${type}.${id}`)) ||
      (path !== undefined &&
        pathsUpTo(path).some((part) => matchesWhole(tokens, `${type}.${id}.${part}`))),
    matches: (candidate) => matchesWhole(tokens, candidate) || matchesWhole(below, candidate),
  };
};
