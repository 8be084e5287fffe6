import { isArn } from '../model/identity.ts';
import { isSecretScalarName } from './secret-names.ts';

/**
 * Whether a text holds a secret by its form: a private key, a URL with a password, a token that its issuer marks, an
 * assignment to a secret name as scripts, settings, queries of URLs and XML write it (`DB_PASSWORD=…`, `password: …`,
 * `?password=…`, `--token …`, `<password>…`).
 */
export const isSecretText = (text: string): boolean => {
  const hasSign = SIGN.test(text);
  if (text.length < SHORTEST_TOKEN && !hasSign) return false;
  return (
    MARKED.test(text) ||
    (text.includes('://') && URL_PASSWORD.test(text)) ||
    (text.includes('.') && POSTED_TO.test(text)) ||
    (hasSign &&
      ((HAS_SPACE.test(text) && AUTHORIZED.some((form) => form.test(text))) || assignsSecret(text)))
  );
};

/** An assignment, a flag and an element have one of these; so has all that a credential stands behind. */
const SIGN = /[\s:=<]/;
const HAS_SPACE = /\s/;
const HAS_EQUALS = /[:=]/;

/** One that its issuer marks: Slack's. */
const SHORTEST_TOKEN = 15;

const URL_PASSWORD = /:\/\/[^/\s:@]{0,200}:[^/\s@]{1,500}@/;

/** JSON Web Token; GitHub, GitLab, Slack, Stripe, Google; a private key. */
const MARKED =
  /-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|\b(?:gh[pousr]_[A-Za-z0-9]{30}|github_pat_\w{20}|glpat-[\w-]{20}|xox[abeprs]-[\w-]{10}|[rs]k_live_\w{16}|AIza[\w-]{35})/;

const AUTHORIZED: readonly RegExp[] = [
  /\b(?:Bearer|Basic)\s+[\w+/.~-]{16,}/i,
  // A short one is told from a word by its digit, or by the name of the header.
  /\bBearer\s+(?=[a-z+/.~_-]{0,16}\d)[\w+/.~-]{6,}/i,
  /\bauthorization["']?\s{0,8}[:=]\s{0,8}["']?(?:Bearer|Basic|Token)\s+[\w+/.~-]{4,}/i,
];

/** Whoever knows the address may post. */
const POSTED_TO =
  /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/\w|\bdiscord(?:app)?\.com\/api\/webhooks\/\d|\.webhook\.office\.com\/\w/i;

/** The value is looked at and not passed over: it may hold an assignment itself, as the query of a URL does. */
const ASSIGNMENT =
  /(?<=^|[\s"'`;&|,{([?=-])([A-Za-z_][\w.-]{1,60})["']?[ \t]{0,8}[:=](?=[ \t]{0,8}["']?([^\s"'`,;}&|]{1,200}))/g;
const FLAG = /(?:^|\s)--?([A-Za-z][\w-]{1,60})[ \t]{1,8}["']?([^\s"'-][^\s"']{0,200})/g;
const ELEMENT = /<([A-Za-z_][\w.-]{1,60})>\s{0,8}([^<\s][^<]{0,200})<\//g;

/** A reference to where the value comes from, a switch, or a placeholder. */
const NO_SECRET = /^(?:[$%<*{!]|arn:|true$|false$|null$|none$|nil$|yes$|no$|\/\/|\\)/i;

/** Some part of each secret name: most texts have none. */
const NAME_PARTS =
  /pass|pwd|psk|secret|token|key|credential|connection|sas|hash|dockerconfig|kube|salt|jwt|dsn|webhook/i;

const givesSecret = (text: string, form: RegExp): boolean => {
  form.lastIndex = 0;
  for (let match = form.exec(text); match !== null; match = form.exec(text)) {
    const [, name = '', value = ''] = match;
    if (isSecretScalarName(name) && !NO_SECRET.test(value) && !isArn(value)) return true;
  }
  return false;
};

/** Each form is tried where the text has the signs that it needs. */
const assignsSecret = (text: string): boolean =>
  NAME_PARTS.test(text) &&
  ((HAS_EQUALS.test(text) && givesSecret(text, ASSIGNMENT)) ||
    (text.includes('-') && HAS_SPACE.test(text) && givesSecret(text, FLAG)) ||
    (text.includes('</') && givesSecret(text, ELEMENT)));

/** Whether an argument of a command, such as `--password`, says that the next one is a secret. */
export const isSecretFlag = (text: string): boolean =>
  text.startsWith('-') &&
  /^--?[A-Za-z][\w-]{1,60}$/.test(text) &&
  isSecretScalarName(text.replace(/^-+/, ''));

/** What a text holds that is base64: a text of its own, or compressed data that cannot be looked into. */
export type Encoded = { readonly text: string } | 'compressed' | undefined;

/** Shorter texts hold nothing that would be told: they are names and ids. */
const MIN_ENCODED = 16;

export const decodeBase64 = (text: string): Encoded => {
  if (
    text.length < MIN_ENCODED ||
    !mayBeEncoded(text) ||
    !/^[A-Za-z0-9+/_-][A-Za-z0-9+/_\r\n-]*={0,2}$/.test(text.trimEnd())
  ) {
    return undefined;
  }
  const plain = text.replace(/[\s=]/g, '').replaceAll('-', '+').replaceAll('_', '/');
  // One character alone holds no byte.
  if (plain.length % 4 === 1) return undefined;
  // Most texts of these letters are names and ids: the first bytes tell.
  const head = atob(plain.slice(0, MIN_ENCODED));
  if (head.startsWith('\x1f\x8b')) return 'compressed';
  if (CONTROL.test(head)) return undefined;
  const bytes = Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
  const decoded = new TextDecoder().decode(bytes);
  return CONTROL.test(decoded) || decoded.includes('\ufffd') ? undefined : { text: decoded };
};

const GZIP = 0x1f8b;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** By character code below 128, in both alphabets; -1: no letter of base64. */
const SEXTETS: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  return LETTERS.indexOf(letter === '-' ? '+' : letter === '_' ? '/' : letter);
});

/**
 * The bytes that a character of UTF-8 needs after this one, of which `awaited` are still to come; -1 where the byte is
 * no text: a control character, or out of its place.
 */
const awaitedAfter = (byte: number, awaited: number): number => {
  if (byte >= 0x80 && byte < 0xc0) return awaited - 1;
  if (awaited > 0 || byte <= 0x08 || (byte >= 0x0e && byte <= 0x1f) || byte === 0x7f) return -1;
  if (byte < 0x80) return 0;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
};

/** False where the first letters tell already that the text is no base64, or that of data that is not compressed. */
const mayBeEncoded = (text: string): boolean => {
  let awaited = 0;
  for (let at = 0; at < MIN_ENCODED; at += 4) {
    let bits = 0;
    for (let letter = at; letter < at + 4; letter++) {
      const code = text.charCodeAt(letter);
      // White space, the filling at the end, or beyond ASCII: not told here.
      if (code <= 0x20 || code === 0x3d || code >= 0x80) return true;
      const sextet = SEXTETS[code] ?? -1;
      if (sextet === -1) return false;
      bits = (bits << 6) | sextet;
    }
    if (at === 0 && bits >>> 8 === GZIP) return true;
    for (let shift = 16; shift >= 0; shift -= 8) {
      awaited = awaitedAfter((bits >>> shift) & 0xff, awaited);
      if (awaited < 0) return false;
    }
  }
  return true;
};

/** What text does not have, and data does. */
const CONTROL = /[\x00-\x08\x0e-\x1f\x7f]/;
