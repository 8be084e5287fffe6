import { keptByName, keptByPair } from '../core/model/bounded-cache.ts';
import { indexedText } from './search-document.ts';

/*
 * JSON text of an object piece by piece: each piece is members with a comma before each, so that pieces are put one
 * behind the other, and an absent one is ''. Names need no escapes.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Longer texts are left to the serializer, which is faster from there on. */
const LONGEST_LOOKED_AT = 120;

/** A text in quotes where it needs no escapes, as most do, and a look at it costs less than the serializer. */
const plainQuoted = (text: string): string | undefined => {
  const { length } = text;
  if (length > LONGEST_LOOKED_AT) return undefined;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return undefined;
  }
  return `"${text}"`;
};

/** The same as JSON.stringify gives. */
export const quoted = (text: string): string => plainQuoted(text) ?? JSON.stringify(text);

/** A text as an indexed field holds it. */
export const indexedQuoted = (text: string): string =>
  plainQuoted(text) ?? JSON.stringify(indexedText(text) ?? '');

/** `,"name":"text"` of an indexed text, or '' where there is none. */
export const textMember = (name: string, text: string | undefined): string =>
  text === undefined || text === '' ? '' : `,"${name}":${indexedQuoted(text)}`;

/** `,"name":value` of a value that is JSON as it is printed, or '' where it is undefined. */
export const plainMember = (name: string, value: number | boolean | undefined): string =>
  value === undefined ? '' : `,"${name}":${value}`;

/** `,"name":…` of any value, or '' where it is undefined. */
export const jsonMember = (name: string, value: object | undefined): string =>
  value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;

/** All members of an object that are not undefined. */
export const membersOf = (object: object): string => {
  const text = JSON.stringify(object);
  return text === '{}' ? '' : `,${text.slice(1, -1)}`;
};

/** A text in one piece: one of many pieces costs more each time that it is read. */
export const flatText = (text: string): string => Buffer.from(text).toString();

/** The same, what `make` gives, but made once for texts that come again, of which at most `most` are kept. */
export const remembered = (
  make: (text: string) => string,
  most: number,
): ((text: string) => string) => keptByName((text) => flatText(make(text)), most);

/** The same of two texts. */
export const rememberedPair = (
  make: (first: string, second: string) => string,
  most: number,
): ((first: string, second: string) => string) =>
  keptByPair((first, second) => flatText(make(first, second)), most);
