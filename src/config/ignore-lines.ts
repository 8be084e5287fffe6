import { compileIgnorePattern } from '../core/model/ignore-pattern.ts';
import { isDay, type IgnoreRule } from '../core/model/ignore-rule.ts';
import type { IgnoreFault } from './ignore-rules-yaml.ts';

type Word = 'id' | 'owner' | 'reason' | 'expires';

/** What the comment above some lines says of them. */
interface Heading {
  readonly words: ReadonlyMap<Word, string>;
  readonly text: readonly string[];
}

const NO_HEADING: Heading = { words: new Map(), text: [] };

/** `# owner: team-web` says the owner; any other comment is the reason. */
const withComment = ({ words, text }: Heading, comment: string): Heading => {
  const [, name, value] = /^\s*(id|owner|reason|expires)\s*:\s*(.*?)\s*$/.exec(comment) ?? [];
  if (name === undefined || value === undefined || value === '') {
    return { words, text: [...text, comment.trim()] };
  }
  return { words: new Map([...words, [name as Word, value]]), text };
};

const ruleOf = (line: string, heading: Heading, place: string): IgnoreRule => {
  const { words, text } = heading;
  const owner = words.get('owner');
  const expires = words.get('expires');
  const reason = words.get('reason') ?? text.filter((part) => part !== '').join(' ');
  return {
    id: words.get('id') ?? place,
    reason: reason === '' ? `line of ${place}` : reason,
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined || expires === 'never' ? {} : { expires }),
    line,
  };
};

/**
 * The rules of a text in the syntax of `.driftignore`, one a line, named `<name>:<line>`. A comment right above lines
 * speaks for all of them up to the next empty line or comment: `# id:`, `# owner:`, `# reason:` and `# expires:`, and
 * any other words as the reason.
 */
export const parseIgnoreLines = (
  name: string,
  text: string,
): { readonly rules: readonly IgnoreRule[]; readonly faults: readonly IgnoreFault[] } => {
  const rules: IgnoreRule[] = [];
  const faults: IgnoreFault[] = [];
  const named = new Map<string, number>();
  let heading = NO_HEADING;
  let headingAt = 0;
  let above: 'comment' | 'other' = 'other';
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const at = index + 1;
    if (line.trim() === '') {
      heading = NO_HEADING;
      above = 'other';
      continue;
    }
    if (line.startsWith('#')) {
      if (above !== 'comment') {
        heading = NO_HEADING;
        headingAt = at;
      }
      above = 'comment';
      heading = withComment(heading, line.slice(1));
      const expires = heading.words.get('expires');
      if (/^#\s*expires\s*:/.test(line) && expires !== 'never' && !isDay(expires ?? '')) {
        const column = line.indexOf(':') + 2;
        faults.push({
          line: at,
          column,
          fault: 'expires must be a day such as 2027-03-31, or never',
        });
      }
      continue;
    }
    above = 'other';
    const id = heading.words.get('id');
    const before = id === undefined ? undefined : named.get(id);
    if (id !== undefined && before !== undefined && before !== headingAt) {
      faults.push({ line: headingAt, column: 1, fault: `the id ${id} is given twice` });
    }
    if (id !== undefined) named.set(id, headingAt);
    const pattern = compileIgnorePattern(line);
    if ('fault' in pattern) {
      faults.push({ line: at, column: pattern.column, fault: pattern.fault });
    } else {
      rules.push(ruleOf(line, heading, `${name}:${at}`));
    }
  }
  return { rules, faults };
};
