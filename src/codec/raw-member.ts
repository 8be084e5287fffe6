import { endOfString } from './json-scan.ts';

/** How a record's JSON stands in a document: as an object, or as text where an object would do harm. */
export type RawForm = 'object' | 'text';

const QUOTE = 0x22;
const COLON = 0x3a;

/** OpenSearch takes no longer names: opensearch.xcontent.name.length.max is 50,000 by default. */
const MAX_KEY_BYTES = 32_768;

/** A key as any parser reads it, also one written with escapes. */
const PROTO_KEY =
  /"(?:_|\\u005[Ff])(?:_|\\u005[Ff])(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006[Ff])(?:t|\\u0074)(?:o|\\u006[Ff])(?:_|\\u005[Ff])(?:_|\\u005[Ff])"\s*:/;
const CONSTRUCTOR_KEY =
  /"(?:c|\\u0063)(?:o|\\u006[Ff])(?:n|\\u006[Ee])(?:s|\\u0073)(?:t|\\u0074)(?:r|\\u0072)(?:u|\\u0075)(?:c|\\u0063)(?:t|\\u0074)(?:o|\\u006[Ff])(?:r|\\u0072)"\s*:/;

/** One search for both takes half the time of one for each: quotes are everywhere. */
const PLAIN_KEY = /__proto__|"constructor"/;

const hasLongKey = (raw: Buffer): boolean => {
  for (let at = raw.indexOf(QUOTE); at !== -1; at = raw.indexOf(QUOTE, at)) {
    const end = endOfString(raw, at);
    if (end - at > MAX_KEY_BYTES) {
      let next = end + 1;
      while (raw[next] === 0x20 || raw[next] === 0x09) next++;
      if (raw[next] === COLON) return true;
    }
    at = end + 1;
  }
  return false;
};

/** Whether a text may be one for which `rawForm` is `text`: by native search, so that most are told harmless at once. */
export const mayBeHarmful = (text: string, bytes: number): boolean =>
  bytes > MAX_KEY_BYTES || text.includes('\\u00') || PLAIN_KEY.test(text);

/**
 * The form in which JSON can be spliced into a document. As text where it has a key that makes the OpenSearch client
 * refuse to read the document back (`__proto__`, `constructor`), or one longer than OpenSearch takes.
 */
export const rawForm = (raw: Buffer): RawForm => {
  const text = raw.toString('latin1');
  // Each escape of an ASCII letter starts with \u00; without one the keys stand there as they are.
  if (text.includes('\\u00')) {
    if (PROTO_KEY.test(text) || CONSTRUCTOR_KEY.test(text)) return 'text';
  } else if (
    (text.includes('__proto__') && PROTO_KEY.test(text)) ||
    (text.includes('"constructor"') && CONSTRUCTOR_KEY.test(text))
  ) {
    return 'text';
  }
  return raw.length > MAX_KEY_BYTES && hasLongKey(raw) ? 'text' : 'object';
};

const CLOSE = 0x7d;

const newBytes = (length: number): Buffer => Buffer.allocUnsafe(length);

/**
 * A document of indexed fields and a record's JSON, which is not parsed again: under `<name>` as an object, or under
 * `<name>_data` as text. The text keeps every byte, so the record's hash can be checked in both forms.
 * @param open JSON text of an object that is not empty, without the brace that closes it
 * @param name in ASCII, without a sign that JSON escapes
 * @param raw one line of valid JSON
 * @param take gives the bytes that an object's document is written to
 */
export const spliceRaw = (
  open: string,
  name: string,
  raw: Uint8Array,
  form: RawForm,
  take: (length: number) => Buffer = newBytes,
): Buffer => {
  if (form === 'text') {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    return Buffer.from(`${open},"${name}_data":${JSON.stringify(bytes.toString())}}`);
  }
  // Not put behind the text: that would be made one text, and copied, before its bytes are.
  const member = `,"${name}":`;
  const openBytes = Buffer.byteLength(open);
  const start = openBytes + member.length;
  const document = take(start + raw.length + 1);
  document.write(open, openBytes === open.length ? 'latin1' : 'utf8');
  document.write(member, openBytes, 'latin1');
  document.set(raw, start);
  document[start + raw.length] = CLOSE;
  return document;
};
