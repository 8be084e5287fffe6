/** Memory for answers of brokers. */
export interface AnswerMemory {
  /** So many bytes, whatever they hold. */
  readonly take: (size: number) => Buffer;
  /**
   * Nobody reads the answer that these bytes are of any more: told once for each that was taken. What is never given back
   * is left to the garbage collector.
   */
  readonly giveBack: (bytes: Buffer) => void;
}

/** Of answers of about the same size each fits where another was. */
const STEP_BYTES = 256 * 1_024;
/** A larger answer is not kept, nor one below a step. */
const MOST_BYTES = 16 * 1_024 * 1_024;
/** An answer does not hold on to memory that is many times its size. */
const MOST_TIMES = 4;

/** @param maxKept answers whose memory waits for others, 16 MiB each at most */
export const createAnswerMemory = (maxKept: number): AnswerMemory => {
  const kept: ArrayBufferLike[] = [];
  /** What was taken, so that no other memory comes in. */
  const taken = new WeakSet<ArrayBufferLike>();
  return {
    take: (size) => {
      if (size < STEP_BYTES || size > MOST_BYTES) return Buffer.allocUnsafeSlow(size);
      const at = kept.findIndex(
        ({ byteLength }) => byteLength >= size && byteLength <= MOST_TIMES * size,
      );
      const memory =
        at === -1
          ? Buffer.allocUnsafeSlow(Math.ceil(size / STEP_BYTES) * STEP_BYTES).buffer
          : kept.splice(at, 1)[0]!;
      taken.add(memory);
      return Buffer.from(memory, 0, size);
    },
    giveBack: ({ buffer }) => {
      if (!taken.delete(buffer)) return;
      // The largest stay: small ones would be of no use where answers grow.
      kept.push(buffer);
      kept.sort((one, other) => other.byteLength - one.byteLength);
      kept.length = Math.min(kept.length, maxKept);
    },
  };
};

/** Of the whole process: two answers of a reader, one that is read and one that comes. */
export const answerMemory = createAnswerMemory(2);
