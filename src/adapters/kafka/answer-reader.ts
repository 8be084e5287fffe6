/** Puts the answers of a connection together from the bytes that arrive. */
export interface AnswerReader {
  /** Where the next bytes go, asked for anew after each `took`. */
  readonly room: () => Uint8Array;
  /** So many bytes stand at the start of the room. Throws NotKafkaError. */
  readonly took: (bytes: number) => void;
}

const LENGTH_BYTES = 4;
/** Of answers that came as a whole, and of the start of a larger one. */
const COMMON_BYTES = 65_536;
/** Of the first answer, which tells versions. The first bytes of a TLS alert mean 0x15030100 or more, of HTTP 0x48545450. */
const MAX_FIRST_BYTES = 256 * 1_024 * 1_024;

/** What arrives is no answer of a broker. */
export class NotKafkaError extends Error {
  readonly code = 'not_kafka';
  readonly retriable = true;

  constructor(length: number) {
    super(`an answer of ${length} bytes: what listens there does not speak Kafka`);
    this.name = 'NotKafkaError';
  }
}

/**
 * Gives each answer, its length before it, as a whole: one that is larger than what is read at once is read to its place,
 * in memory of `take`. Pieces put together with `Buffer.concat` take three times the memory outside of V8's heap, of
 * which each 64 MB start a full collection.
 */
export const createAnswerReader = (
  onAnswer: (answer: Buffer) => void,
  take: (size: number) => Buffer,
): AnswerReader => {
  const common = Buffer.allocUnsafeSlow(COMMON_BYTES);
  let commonEnd = 0;
  let answer: Buffer | undefined;
  let answerEnd = 0;
  let isFirst = true;

  const sizeAt = (start: number): number => {
    const length = common.readInt32BE(start);
    if (length < 0 || (isFirst && length > MAX_FIRST_BYTES)) throw new NotKafkaError(length);
    isFirst = false;
    return LENGTH_BYTES + length;
  };

  const splitCommon = (): void => {
    let start = 0;
    while (commonEnd - start >= LENGTH_BYTES) {
      const size = sizeAt(start);
      const end = start + size;
      if (end > commonEnd) {
        answer = take(size);
        answerEnd = common.copy(answer, 0, start, commonEnd);
        commonEnd = 0;
        return;
      }
      onAnswer(Buffer.from(common.subarray(start, end)));
      start = end;
    }
    common.copyWithin(0, start, commonEnd);
    commonEnd -= start;
  };

  return {
    room: () => (answer === undefined ? common.subarray(commonEnd) : answer.subarray(answerEnd)),
    took: (bytes) => {
      if (answer === undefined) {
        commonEnd += bytes;
        splitCommon();
        return;
      }
      answerEnd += bytes;
      if (answerEnd < answer.length) return;
      const whole = answer;
      answer = undefined;
      onAnswer(whole);
    },
  };
};
