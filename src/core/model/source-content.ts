/** The bytes of a file in pieces, in order, as often as they are asked for: what is large is not held in one. */
export interface ChunkedContent {
  /** Of all pieces together, in bytes. */
  readonly size: number;
  chunks(): Iterable<Uint8Array>;
}

/** What a file holds: its bytes, or pieces of them where it is large. */
export type SourceContent = Uint8Array | ChunkedContent;

export const chunked = (content: SourceContent): ChunkedContent =>
  content instanceof Uint8Array ? { size: content.length, chunks: () => [content] } : content;

/** All bytes in one piece. */
export const wholeBytes = (content: SourceContent): Uint8Array => {
  if (content instanceof Uint8Array) return content;
  const bytes = new Uint8Array(content.size);
  let at = 0;
  for (const chunk of content.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};
