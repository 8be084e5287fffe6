import { textEnd, textStart, type PayloadLayout } from './desired-resource-layout.ts';

/** Where a payload lies, and in it what the store files a resource under: offsets into `bytes`. */
export interface PayloadParts {
  bytes: Buffer;
  start: number;
  end: number;
  keyStart: number;
  keyEnd: number;
  providerStart: number;
  providerEnd: number;
  accountStart: number;
  /** -1: the resource has no account. */
  accountEnd: number;
  /** Where the identities start, for `visitTexts`. */
  identities: number;
}

export const emptyParts = (): PayloadParts => ({
  bytes: Buffer.alloc(0),
  start: 0,
  end: 0,
  keyStart: 0,
  keyEnd: 0,
  providerStart: 0,
  providerEnd: 0,
  accountStart: 0,
  accountEnd: -1,
  identities: 0,
});

/** Why bytes are no payload. */
export type NoPayload = 'malformed' | 'no_attributes';

const BRACE = '{'.charCodeAt(0);

/** Finds the parts of the payload that lies between two offsets. Nothing is said of `parts` where it is none. */
export const partsFinder = (
  layout: PayloadLayout,
): ((bytes: Buffer, from: number, to: number, parts: PayloadParts) => NoPayload | undefined) => {
  const starts = new Uint32Array(layout.fields.length);
  const [keyIndex, providerIndex] = [layout.indexOf('key'), layout.indexOf('provider')];
  const [accountIndex, identitiesIndex] = [layout.indexOf('account'), layout.indexOf('identities')];
  const attributesIndex = layout.indexOf('attributes');
  return (bytes, from, to, parts) => {
    if (!layout.locate(bytes, from, to, starts)) return 'malformed';
    const key = starts[keyIndex]!;
    const provider = starts[providerIndex]!;
    const account = starts[accountIndex]!;
    const attributes = textStart(bytes, starts[attributesIndex]!);
    if (textEnd(bytes, starts[attributesIndex]!) === attributes || bytes[attributes] !== BRACE)
      return 'no_attributes';
    parts.bytes = bytes;
    parts.start = from;
    parts.end = to;
    parts.keyStart = textStart(bytes, key);
    parts.keyEnd = textEnd(bytes, key);
    parts.providerStart = textStart(bytes, provider);
    parts.providerEnd = textEnd(bytes, provider);
    const hasAccount = bytes[account] !== 0;
    parts.accountStart = hasAccount ? textStart(bytes, account + 1) : 0;
    parts.accountEnd = hasAccount ? textEnd(bytes, account + 1) : -1;
    parts.identities = starts[identitiesIndex]!;
    return undefined;
  };
};
