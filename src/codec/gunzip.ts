import { gunzipSync } from 'node:zlib';
import type { RecordFailure } from '../core/model/outcome.ts';
import { decodeFailure } from './decoded-record.ts';

/** The first two bytes of gzip. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The content of gzip, at most `maxBytes` of it. Fails with `too_large` or `not_json`. */
export const gunzip = (bytes: Uint8Array, maxBytes: number): Buffer | RecordFailure => {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return decodeFailure('too_large', `The value is larger than ${maxBytes} bytes.`);
    }
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw error;
    return decodeFailure('not_json', `The value is not valid gzip (${code}).`);
  }
};
