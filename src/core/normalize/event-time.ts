const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Milliseconds since the epoch, where these are a plausible time of an act (years 2000 to 2099). */
export const plausibleTime = (milliseconds: unknown): number | undefined =>
  typeof milliseconds === 'number' && milliseconds >= EARLIEST && milliseconds < LATEST
    ? Math.trunc(milliseconds)
    : undefined;

/** The time of an ISO 8601 text with seconds and an offset; undefined for other text and other years. */
export const parseIsoTime = (text: unknown): number | undefined =>
  typeof text === 'string' && ISO_TIME.test(text) ? plausibleTime(Date.parse(text)) : undefined;

const UTC_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/;

/**
 * As `parseIsoTime`, of a producer whose times are always UTC: also with a blank for the T and without an offset, as
 * data lakes print them.
 */
export const parseUtcTime = (text: unknown): number | undefined => {
  const bare = typeof text === 'string' ? UTC_TIME.exec(text) : null;
  return parseIsoTime(bare === null ? text : `${bare[1]}T${bare[2]}Z`);
};
