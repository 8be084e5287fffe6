const MEBIBYTE = 1024 * 1024;

/** Largest record in bytes, also after decompression. */
export const DEFAULT_MAX_RECORD_BYTES = 8 * MEBIBYTE;

/** Deepest nesting of JSON. */
export const DEFAULT_MAX_DEPTH = 64;
