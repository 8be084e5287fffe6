/**
 * How many bytes the first request of a stream has, told from what has come of it so far; undefined where that does
 * not tell it yet.
 */
export type Framing = (start: Buffer) => number | undefined;

/** A request of Kafka: https://kafka.apache.org/protocol (size, then api key, version, correlation id). */
export const kafkaFraming: Framing = (start) =>
  start.length < 4 ? undefined : 4 + start.readInt32BE(0);

const headEnd = '\r\n\r\n';

/** A request of HTTP/1.1 with a content length or without a body, as the OpenSearch client sends them. */
export const httpFraming: Framing = (start) => {
  const end = start.indexOf(headEnd);
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(start.toString('latin1', 0, end));
  return end + headEnd.length + Number(length?.[1] ?? 0);
};

/** Cuts a stream into whole requests. */
export const createRequestCutter = (framing: Framing): ((chunk: Buffer) => readonly Buffer[]) => {
  let parts: Buffer[] = [];
  let held = 0;
  let wanted: number | undefined;
  return (chunk) => {
    const requests: Buffer[] = [];
    parts.push(chunk);
    held += chunk.length;
    for (;;) {
      if (wanted === undefined || held >= wanted) {
        const whole =
          parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
        parts = [whole];
        wanted = framing(whole);
        if (wanted === undefined || held < wanted) return requests;
        requests.push(whole.subarray(0, wanted));
        parts = [whole.subarray(wanted)];
        held -= wanted;
        wanted = undefined;
        if (held === 0) parts = [];
      }
      if (held === 0 || wanted !== undefined) return requests;
    }
  };
};
