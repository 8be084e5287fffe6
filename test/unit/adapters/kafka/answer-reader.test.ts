import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerReader } from '../../../../src/adapters/kafka/answer-reader.ts';

const framed = (content: Uint8Array): Buffer => {
  const answer = Buffer.alloc(4 + content.length);
  answer.writeInt32BE(content.length);
  answer.set(content, 4);
  return answer;
};

/** What is read where the bytes arrive in pieces of these sizes, again and again. */
const readIn = (sizes: readonly number[], bytes: Buffer): readonly Buffer[] => {
  const answers: Buffer[] = [];
  const reader = createAnswerReader((answer) => answers.push(answer), Buffer.alloc);
  let at = 0;
  for (let nth = 0; at < bytes.length; nth++) {
    const room = reader.room();
    const size = Math.min(sizes[nth % sizes.length]!, room.length, bytes.length - at);
    room.set(bytes.subarray(at, at + size));
    at += size;
    reader.took(size);
  }
  return answers;
};

const length = fc.oneof(fc.nat(20), fc.nat(2_000), fc.nat(200_000));

describe('answers of a broker', () => {
  it('are the same however their bytes arrive, and keep them', () => {
    const contents = fc.array(
      fc.tuple(length, fc.nat(255)).map(([size, byte]) => Buffer.alloc(size, byte)),
      { maxLength: 8 },
    );
    const sizes = fc.array(
      fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 100_000 })),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(contents, sizes, (each, pieces) => {
        const answers = each.map(framed);
        const read = readIn(pieces, Buffer.concat(answers));
        expect(Buffer.concat(read).equals(Buffer.concat(answers))).toBe(true);
        expect(read.map((one) => one.length)).toEqual(answers.map((one) => one.length));
      }),
      { numRuns: 60 },
    );
  });

  it('are read to their place: a large one is not put together from pieces', () => {
    const answers: Buffer[] = [];
    const reader = createAnswerReader((answer) => answers.push(answer), Buffer.alloc);
    const bytes = framed(Buffer.alloc(1_000_000, 7));
    reader.room().set(bytes.subarray(0, 10));
    reader.took(10);
    const room = reader.room();
    expect(room).toHaveLength(bytes.length - 10);
    room.set(bytes.subarray(10));
    reader.took(room.length);
    expect(answers).toHaveLength(1);
    expect(answers[0]?.buffer).toBe(room.buffer);
  });

  it('may be larger than any answer that a connection begins with', () => {
    const sizes: number[] = [];
    const reader = createAnswerReader(
      () => undefined,
      (size) => {
        sizes.push(size);
        return Buffer.alloc(64);
      },
    );
    reader.room().set(Buffer.from([0, 0, 0, 1, 7, 0x20, 0, 0, 0]));
    reader.took(9);
    expect(sizes).toEqual([0x20000004]);
  });

  it.each([
    ['a server of HTTP', 'HTTP/1.1 400 Bad Request'],
    ['a server of TLS', '\x15\x03\x03\x00\x02\x02\x46'],
    ['a negative length', '\xff\xff\xff\xff'],
  ])('are refused at once where they are not of Kafka: %s', (_name, text) => {
    expect(() => readIn([100], Buffer.from(text, 'latin1'))).toThrow('does not speak Kafka');
  });
});
