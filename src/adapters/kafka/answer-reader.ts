/** Puts the answers of a connection together from the bytes that arrive. */
export interface AnswerReader {
  /** Where the next bytes go, asked for anew after each `took`. */
  readonly room: () => Uint8Array;
  /** So many bytes stand at the start of the room. Throws where they cannot be the start of an answer. */
  readonly took: (bytes: number) => void;
}

const LENGTH_BYTES = 4;
/** Of answers that came as a whole, and of the start of a larger one. */
const COMMON_BYTES = 65_536;
/** Less than what the first bytes of a TLS alert (0x15030300) or of HTTP mean as a length. */
const MAX_ANSWER_BYTES = 256 * 1_024 * 1_024;

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

  const sizeAt = (start: number): number => {
    const length = common.readInt32BE(start);
    if (length >= 0 && length <= MAX_ANSWER_BYTES) return LENGTH_BYTES + length;
    throw new Error(`an answer of ${length} bytes: what listens there does not speak Kafka`);
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
