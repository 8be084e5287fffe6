const ID_PART = /^[\x21-\x7e]{1,160}$/;

/** Says of a part that failed what is wrong with it. */
export const NO_ID_PART = 'is not 1 to 160 printable ASCII characters without spaces';

/**
 * Whether a text can be a part of an event's id. Ids of documents have a limit of 512 bytes, and they stand in
 * headers and log lines.
 */
export const isIdPart = (text: string): boolean => ID_PART.test(text);
