const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Milliseconds since the epoch, where these are a plausible time of an act (years 2000 to 2099). */
export const plausibleTime = (milliseconds: unknown): number | undefined =>
  typeof milliseconds === 'number' && milliseconds >= EARLIEST && milliseconds < LATEST
    ? Math.trunc(milliseconds)
    : undefined;

const digits = (text: string, from: number, to: number): number => {
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return NaN;
    number = number * 10 + digit;
  }
  return number;
};

/** The time of `2026-01-31T12:00:00Z`, as most producers write it; NaN for any other text. */
const plainTime = (text: string): number => {
  if (text.length !== 20 || text[10] !== 'T' || text[19] !== 'Z') return NaN;
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return NaN;
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // Days past the 28th depend on the month: Date.parse knows.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 28)) return NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return NaN;
  return Date.UTC(digits(text, 0, 4), month - 1, day, hour, minute, second);
};

/** The time of an ISO 8601 text with seconds and an offset; undefined for other text and other years. */
export const parseIsoTime = (text: unknown): number | undefined => {
  if (typeof text !== 'string') return undefined;
  const plain = plainTime(text);
  if (!Number.isNaN(plain)) return plausibleTime(plain);
  return ISO_TIME.test(text) ? plausibleTime(Date.parse(text)) : undefined;
};

const UTC_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/;

/**
 * As `parseIsoTime`, of a producer whose times are always UTC: also with a blank for the T and without an offset, as
 * data lakes print them.
 */
export const parseUtcTime = (text: unknown): number | undefined => {
  const bare = typeof text === 'string' && !text.endsWith('Z') ? UTC_TIME.exec(text) : null;
  return parseIsoTime(bare === null ? text : `${bare[1]}T${bare[2]}Z`);
};
