export type GlobMatcher = (text: string) => boolean;

const STAR = 0x2a;
const QUESTION = 0x3f;

/**
 * Whether a glob matches the whole text: `*` any run of characters, `?` one UTF-16 unit, all else itself;
 * case-sensitive, no escapes. Never tries more than pattern length times text length steps.
 */
export const globMatches = (pattern: string, text: string): boolean => {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < text.length) {
    const code = pattern.charCodeAt(at);
    if (at < pattern.length && code === STAR) {
      star = at++;
      resume = position;
    } else if (at < pattern.length && (code === QUESTION || code === text.charCodeAt(position))) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else {
      return false;
    }
  }
  while (pattern.charCodeAt(at) === STAR) at++;
  return at === pattern.length;
};

/** The matcher of one glob; a glob without wildcards is a comparison. */
export const compileGlob = (pattern: string): GlobMatcher => {
  const first = pattern.search(/[*?]/);
  if (first < 0) return (text) => text === pattern;
  if (first === pattern.length - 1 && pattern.charCodeAt(first) === STAR) {
    const start = pattern.slice(0, first);
    return (text) => text.startsWith(start);
  }
  return (text) => globMatches(pattern, text);
};

/** Matches where any of the globs does; never for an empty list. */
export const compileGlobs = (patterns: readonly string[]): GlobMatcher => {
  const matchers = patterns.map(compileGlob);
  return (text) => matchers.some((matches) => matches(text));
};
