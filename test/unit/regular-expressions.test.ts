import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../src/', import.meta.url));

const literalsOf = (path: string): readonly RegExp[] => {
  const found: RegExp[] = [];
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push(new RegExp(node.text.slice(1, end), node.text.slice(end + 1)));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

const EXPRESSIONS = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => literalsOf(ROOT + path).map((expression) => [path, expression] as const));

const LENGTH = 20_000;
/** Texts that drive an expression with nested or adjacent repetitions to its worst. */
const EVIL = [
  ...['a', '0', '-', '.', ' ', '\t', '\n', '/', '[', '{', '"', '\\', ':', ',', 'é'],
  ...['a0', 'a-', 'a.', '0:', '${', '://'],
].flatMap((part) => {
  const text = part.repeat(LENGTH / part.length);
  return [text, `${text}!`, `[${text}`, `a${text}\u0000`];
});

/** Generous to a busy machine: one that goes with the square takes thousands. */
const LIMIT_MS = 250;
const ATTEMPTS = 8;

/** The best of some attempts: the first compiles the expression, and another process may have had the core. */
const quickest = (expression: RegExp, text: string): number => {
  let best = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && best > LIMIT_MS; attempt += 1) {
    expression.lastIndex = 0;
    const begun = performance.now();
    text.replace(expression, '');
    best = Math.min(best, performance.now() - begun);
  }
  return best;
};

describe('the regular expressions of the sources', () => {
  it('are found', () => {
    expect(EXPRESSIONS.length).toBeGreaterThan(50);
  });

  it.each(EXPRESSIONS)('take time in proportion to a hostile text: %s %s', (_path, expression) => {
    const slow = EVIL.filter((text) => quickest(expression, text) > LIMIT_MS);
    expect(slow.map((text) => text.slice(0, 10))).toEqual([]);
  });
});
