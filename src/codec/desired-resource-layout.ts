/** How one field of the schema `desired-resource` lies in the bytes: numbers, since every lookup goes by them. */
export const TEXT = 0;
export const TEXTS = 1;
export const INTEGER = 2;
export const FLAG = 3;
/** Added to the others: null or such a field. */
export const OPTIONAL = 4;

/** The fields of a payload in their order: plain data, which a thread can be given. */
export interface PayloadFields {
  readonly names: readonly string[];
  /** `TEXT`, `TEXTS`, `INTEGER` or `FLAG`, or one of them and `OPTIONAL`. */
  readonly kinds: readonly number[];
}

/** Where the fields of a payload lie, by the order of the schema. */
export interface PayloadLayout {
  /** Names of the fields, in their order. */
  readonly fields: readonly string[];
  /** The position of a field in the schema. */
  readonly indexOf: (field: string) => number;
  /** The offset of a field. The payload has passed the schema's check. */
  readonly startOf: (payload: Uint8Array, index: number) => number;
  /** Offsets of all fields, and of the end. */
  readonly starts: (payload: Uint8Array) => readonly number[];
  /**
   * Writes the offsets of all fields into `starts`. Trusts nothing, unlike the others: false where the bytes from one
   * offset to another are not such a payload, and nothing else.
   */
  readonly locate: (bytes: Uint8Array, from: number, to: number, starts: Uint32Array) => boolean;
}

let cursor = 0;

/** The integer at an offset, exact within 2^53; `cursor` is then behind it. */
const integerAt = (bytes: Uint8Array, at: number): number => {
  let byte = bytes[at++]!;
  // Nearly all have one byte or two: without arithmetic beyond 32 bits.
  if (byte < 0x80) {
    cursor = at;
    return (byte >>> 1) ^ -(byte & 1);
  }
  let value = byte & 0x7f;
  const second = bytes[at]!;
  if (second < 0x80) {
    cursor = at + 1;
    value |= second << 7;
    return (value >>> 1) ^ -(value & 1);
  }
  for (let scale = 128; byte >= 0x80; scale *= 128) {
    byte = bytes[at++]!;
    value += (byte & 0x7f) * scale;
  }
  cursor = at;
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
};

const endOfText = (bytes: Uint8Array, at: number): number => {
  const length = integerAt(bytes, at);
  return cursor + length;
};

/** Calls back with the bounds of each text of an array; ends early where that returns true. @returns the end otherwise */
const eachText = (
  bytes: Uint8Array,
  start: number,
  visit: (from: number, to: number) => boolean,
): number => {
  let at = start;
  for (;;) {
    let count = integerAt(bytes, at);
    at = cursor;
    if (count === 0) return at;
    if (count < 0) {
      count = -count;
      integerAt(bytes, at);
      at = cursor;
    }
    while (count-- > 0) {
      const end = endOfText(bytes, at);
      if (visit(cursor, end)) return -1;
      at = end;
    }
  }
};

const passOver = (): boolean => false;

const endOfField = (bytes: Uint8Array, start: number, kind: number): number => {
  let at = start;
  if (kind >= OPTIONAL && bytes[at++] === 0) return at;
  switch (kind & 3) {
    case TEXT:
      return endOfText(bytes, at);
    case TEXTS:
      return eachText(bytes, at, passOver);
    case INTEGER:
      integerAt(bytes, at);
      return cursor;
    default:
      return at + 1;
  }
};

const MAX_INTEGER_BYTES = 10;
const MAX_ITEMS = 100_000;

/** As `integerAt`, of bytes that were not checked: NaN where there is none. */
const checkedInteger = (bytes: Uint8Array, at: number, to: number): number => {
  const value = integerAt(bytes, at);
  return cursor > to || cursor - at > MAX_INTEGER_BYTES ? Number.NaN : value;
};

/** The end of a text; -1 where it is none. */
const checkedText = (bytes: Uint8Array, at: number, to: number): number => {
  const length = checkedInteger(bytes, at, to);
  return length >= 0 && length <= to - cursor ? cursor + length : -1;
};

const checkedTexts = (bytes: Uint8Array, start: number, to: number): number => {
  let at = start;
  for (let total = 0; ;) {
    let count = checkedInteger(bytes, at, to);
    at = cursor;
    if (count === 0) return at;
    if (count < 0) {
      count = -count;
      const size = checkedInteger(bytes, at, to);
      at = cursor;
      if (!(size >= 0 && size <= to - at)) return -1;
    }
    total += count;
    if (!(total <= MAX_ITEMS)) return -1;
    while (count-- > 0) {
      at = checkedText(bytes, at, to);
      if (at < 0) return -1;
    }
  }
};

/** The end of a field; -1 where there is no such field. */
const checkedField = (bytes: Uint8Array, start: number, to: number, kind: number): number => {
  let at = start;
  if (kind >= OPTIONAL) {
    if (at >= to) return -1;
    const branch = bytes[at++]!;
    if (branch === 0) return at;
    // The second branch of the union: zig-zag 1.
    if (branch !== 2) return -1;
  }
  switch (kind & 3) {
    case TEXT:
      return checkedText(bytes, at, to);
    case TEXTS:
      return checkedTexts(bytes, at, to);
    case INTEGER:
      return Number.isNaN(checkedInteger(bytes, at, to)) ? -1 : cursor;
    default:
      return at < to && bytes[at]! <= 1 ? at + 1 : -1;
  }
};

/** How payloads with these fields lie. Its `indexOf` throws where there is no such field. */
export const payloadLayout = ({ names, kinds }: PayloadFields): PayloadLayout => {
  const indexes = new Map(names.map((name, index) => [name, index]));
  return {
    fields: names,
    indexOf: (field) => {
      const index = indexes.get(field);
      if (index === undefined) throw new Error(`A desired resource has no field ${field}.`);
      return index;
    },
    startOf: (payload, index) => {
      let at = 0;
      for (let field = 0; field < index; field++) at = endOfField(payload, at, kinds[field]!);
      return at;
    },
    starts: (payload) => {
      const starts = [0];
      let at = 0;
      for (let field = 0; field < kinds.length; field++) {
        at = endOfField(payload, at, kinds[field]!);
        starts.push(at);
      }
      return starts;
    },
    locate: (bytes, from, to, starts) => {
      let at = from;
      for (let field = 0; field < kinds.length; field++) {
        starts[field] = at;
        at = checkedField(bytes, at, to, kinds[field]!);
        if (at < 0) return false;
      }
      return at === to;
    },
  };
};

export const textAt = (payload: Buffer, at: number): string => {
  const end = endOfText(payload, at);
  return payload.toString('utf8', cursor, end);
};

export const optionalTextAt = (payload: Buffer, at: number): string | undefined =>
  payload[at] === 0 ? undefined : textAt(payload, at + 1);

export const longAt = (payload: Buffer, at: number): number => integerAt(payload, at);

export const optionalLongAt = (payload: Buffer, at: number): number | undefined =>
  payload[at] === 0 ? undefined : integerAt(payload, at + 1);

export const optionalFlagAt = (payload: Buffer, at: number): boolean | undefined =>
  payload[at] === 0 ? undefined : payload[at + 1] === 1;

export const textsAt = (payload: Buffer, at: number): readonly string[] => {
  const texts: string[] = [];
  eachText(payload, at, (from, to) => {
    texts.push(payload.toString('utf8', from, to));
    return false;
  });
  return texts;
};

/** Calls back with the bounds of each text of an array. */
export const visitTexts = (
  payload: Uint8Array,
  at: number,
  visit: (from: number, to: number) => void,
): void => {
  eachText(payload, at, (from, to) => {
    visit(from, to);
    return false;
  });
};

/** Where the text at a field begins; `textEnd` tells where it ends. */
export const textStart = (payload: Uint8Array, at: number): number => {
  integerAt(payload, at);
  return cursor;
};

export const textEnd = (payload: Uint8Array, at: number): number => endOfText(payload, at);

const isText = (payload: Buffer, from: number, to: number, text: string): boolean => {
  if (text.length > to - from) return false;
  let at = from;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return payload.toString('utf8', from, to) === text;
    if (payload[at++] !== unit) return false;
  }
  return at === to;
};

export const hasText = (payload: Buffer, at: number, text: string): boolean =>
  eachText(payload, at, (from, to) => isText(payload, from, to, text)) === -1;
