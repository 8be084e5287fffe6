const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENS = new Set([0x7b, 0x5b]);
const CLOSES = new Set([0x7d, 0x5d]);
const BLANKS = new Set([0x20, 0x09, 0x0d, LINE_FEED]);

/** Goes through JSON byte by byte; true where a document ends with the byte. */
const documentEnds = (): ((byte: number) => boolean) => {
  let depth = 0;
  let inText = false;
  let escaped = false;
  return (byte) => {
    if (inText) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) inText = false;
      return false;
    }
    if (byte === QUOTE) inText = true;
    else if (OPENS.has(byte)) depth += 1;
    else if (CLOSES.has(byte)) {
      depth -= 1;
      return depth === 0;
    }
    return false;
  };
};

/** Whether documents follow each other on the first line, as Firehose writes what it collects; undefined: not told yet. */
const createJoinedTest = (): ((bytes: Buffer) => boolean | undefined) => {
  const endsWith = documentEnds();
  let started = false;
  let ended = false;
  return (bytes) => {
    for (const byte of bytes) {
      if (BLANKS.has(byte)) {
        if (byte === LINE_FEED && started) return false;
        continue;
      }
      if (ended) return OPENS.has(byte);
      started = true;
      ended = endsWith(byte);
    }
    return undefined;
  };
};

/** The bytes, and whether documents follow each other on their first line. At most `maxBytes` are held to tell. */
export const lookAtLayout = async (
  chunks: AsyncIterator<Buffer>,
  maxBytes: number,
): Promise<{ readonly joined: boolean; readonly head: readonly Buffer[] }> => {
  const test = createJoinedTest();
  const head: Buffer[] = [];
  let held = 0;
  while (held <= maxBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    head.push(next.value);
    held += next.value.length;
    const joined = test(next.value);
    if (joined !== undefined) return { joined, head };
  }
  return { joined: false, head };
};

/** The documents one by one; what is none, from where it is none. Blanks between them are left out. */
export async function* joinedDocuments(
  chunks: AsyncIterable<Buffer>,
  hold: (bytes: Buffer) => void,
  taken: () => Buffer,
): AsyncGenerator<Buffer> {
  const endsWith = documentEnds();
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (!endsWith(chunk[at]!)) continue;
      hold(chunk.subarray(start, at + 1));
      yield taken();
      start = at + 1;
    }
    if (start < chunk.length) hold(chunk.subarray(start));
  }
  yield taken();
}
