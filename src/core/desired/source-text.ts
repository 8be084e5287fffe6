import { chunked, type SourceContent } from '../model/source-content.ts';

/**
 * The text of a file: UTF-8, or UTF-16 as PowerShell's `>` writes it, told by its byte order mark or by a zero beside
 * the first character. The mark is dropped. Undefined for other bytes.
 */
export const decodeSourceText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** Whether it has no sign of UTF-16. */
export const isUtf8 = (content: SourceContent): boolean => {
  for (const chunk of chunked(content).chunks()) return encodingOf(chunk) === 'utf-8';
  return true;
};

const encodingOf = ([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' => {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
};
