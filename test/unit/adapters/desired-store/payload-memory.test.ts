import { expect, it } from 'vitest';
import { createPayloadMemory } from '../../../../src/adapters/desired-store/payload-memory.ts';

it('one payload that is kept does not hold on to the memory of a hundred others', () => {
  const take = createPayloadMemory();
  const kept = Array.from({ length: 1_000 }, (_, number) => take(600 + (number % 50)));
  for (const { buffer } of kept) expect(buffer.byteLength).toBeLessThanOrEqual(4_096);
  kept.forEach((each, number) => each.fill(number % 251));
  kept.forEach((each, number) => {
    expect(each.length).toBe(600 + (number % 50));
    expect(each.every((byte) => byte === number % 251)).toBe(true);
  });
});

it('gives a payload that is larger than that memory of its own', () => {
  expect(createPayloadMemory()(10_000).buffer.byteLength).toBe(10_000);
});
