import { describe, expect, it } from 'vitest';
import { createAnswerMemory } from '../../../../src/adapters/kafka/answer-memory.ts';

const MIB = 1_024 * 1_024;

describe('memory of answers', () => {
  it('is used again once it was given back, and not before', () => {
    const memory = createAnswerMemory(2);
    const first = memory.take(2 * MIB);
    expect(memory.take(2 * MIB).buffer).not.toBe(first.buffer);
    // What is given back is a part of the answer: without its length and its header.
    memory.giveBack(first.subarray(8));
    const next = memory.take(2 * MIB - 1_000);
    expect(next.buffer).toBe(first.buffer);
    expect(next).toHaveLength(2 * MIB - 1_000);
  });

  it('is given back once', () => {
    const memory = createAnswerMemory(2);
    const answer = memory.take(MIB);
    memory.giveBack(answer);
    memory.giveBack(answer);
    expect(memory.take(MIB).buffer).not.toBe(memory.take(MIB).buffer);
  });

  it('is not what others have made', () => {
    const memory = createAnswerMemory(2);
    const other = Buffer.alloc(MIB);
    memory.giveBack(other);
    expect(memory.take(MIB).buffer).not.toBe(other.buffer);
  });

  it('is kept where it is larger than what is kept: answers that grow are not shut out', () => {
    const memory = createAnswerMemory(2);
    for (const answer of [300_000, 300_000, 2 * MIB].map(memory.take)) memory.giveBack(answer);
    const grown = memory.take(2 * MIB);
    memory.giveBack(grown);
    expect(memory.take(2 * MIB).buffer).toBe(grown.buffer);
    expect(memory.take(300_000).buffer.byteLength).toBeLessThan(4 * 300_000);
  });

  it('is kept for so many answers only, and for none that is small or huge', () => {
    const memory = createAnswerMemory(1);
    const answers = [1_000, MIB, MIB, 17 * MIB].map(memory.take);
    for (const answer of answers) memory.giveBack(answer);
    const again = [1_000, MIB, MIB, 17 * MIB].map(memory.take);
    const reused = again.filter(({ buffer }) => answers.some((each) => each.buffer === buffer));
    expect(reused.map(({ length }) => length)).toEqual([MIB]);
  });
});
