const ID_PART = /^[\x21-\x7e]{1,160}$/;

/** Says of a part that failed what is wrong with it. */
export const NO_ID_PART = 'is not 1 to 160 printable ASCII characters without spaces';

/**
 * Whether a text can be a part of an event's id. Ids of documents have a limit of 512 bytes, and they stand in
 * headers and log lines.
 */
export const isIdPart = (text: string): boolean => ID_PART.test(text);

const LONGEST_TOLD = 512;

/**
 * An id for an act that its record gives none: what the record tells of it, in printable ASCII. Two acts that are told
 * alike meet under it, and the second is kept under an id of its own.
 */
export const toldId = (...parts: readonly (string | undefined)[]): string =>
  parts.map((part) => encodeURI((part ?? '').slice(0, LONGEST_TOLD).toWellFormed())).join(':');
