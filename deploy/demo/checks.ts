import { isDeepStrictEqual } from 'node:util';
import type { Screen } from './screen.ts';

export interface Check {
  readonly what: string;
  readonly expected: unknown;
  readonly found: unknown;
}

export const holds = ({ expected, found }: Check): boolean => isDeepStrictEqual(expected, found);

const shown = (value: unknown): string =>
  typeof value === 'number' ? value.toLocaleString('en-US') : (JSON.stringify(value) ?? 'nothing');

/** Prints how many checks held, and each that did not; true where all did. */
export const reportChecks = (screen: Screen, checks: readonly Check[]): boolean => {
  const wrong = checks.filter((check) => !holds(check));
  for (const { what, expected, found } of wrong) {
    screen.line(`${screen.paint('red', 'WRONG')}  ${what}`);
    screen.line(`       expected ${shown(expected)}`);
    screen.line(`       found    ${shown(found)}`);
  }
  const right = checks.length - wrong.length;
  const verdict = `${String(right)} of ${String(checks.length)} checks hold`;
  screen.line(screen.paint(wrong.length === 0 ? 'green' : 'red', verdict));
  return wrong.length === 0;
};
