import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const RFC_3339 =
  /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2}))?$/;

/** Milliseconds of a length of time such as `90s`, `30m`, `24h`, `7d` or `2w`; undefined for any other text. */
const lengthOf = (text: string): number | undefined => {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
};

/** `Date.parse` reads the 30th of February as the 2nd of March. */
const isDay = (day: string): boolean => {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
};

/** The value of an option that is a length of time, in milliseconds. */
export const durationOf = (text: string): number => {
  const length = lengthOf(text);
  if (length === undefined || length === 0)
    throw new InvalidArgumentError('Give a length of time such as 30m, 24h or 7d.');
  return length;
};

/** Reads an option that is a time: RFC 3339, a day (its beginning, UTC), or so long ago; in milliseconds since the epoch. */
export const momentOf =
  (now: () => number) =>
  (text: string): number => {
    if (text === 'now') return now();
    const ago = lengthOf(text);
    if (ago !== undefined) return now() - ago;
    const time = RFC_3339.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time))
      throw new InvalidArgumentError(
        'Give a time such as 2026-11-21T08:00:00Z, a day such as 2026-11-21, or how long ago: 30m, 24h, 7d.',
      );
    return time;
  };
