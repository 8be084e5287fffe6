import { describe, expect, it } from 'vitest';
import {
  createHashFilter,
  openHashFilter,
} from '../../../../src/adapters/desired-store/hash-filter.ts';
import {
  createTextHash,
  hashBytes,
  hashText,
} from '../../../../src/adapters/desired-store/text-hash.ts';
import { bucketOf } from '../../../../src/adapters/desired-store/bucket.ts';

const hash = createTextHash();
const of = (text: string): readonly [number, number] => {
  hashText(hash, 1, text);
  return [bucketOf(hash.high), hash.low];
};

describe('the filter in front of the index', () => {
  it('has all that was added, in whichever thread, and hardly anything else', () => {
    const filter = createHashFilter(20_000);
    for (let number = 0; number < 20_000; number++) filter.add(...of(`id:vpc-${number}`));
    const other = openHashFilter(filter.memory);
    let wrong = 0;
    for (let number = 0; number < 20_000; number++) {
      expect(other.has(...of(`id:vpc-${number}`))).toBe(true);
      if (other.has(...of(`id:none-${number}`))) wrong++;
    }
    expect(wrong).toBeLessThan(800);
    expect(other.capacity).toBeGreaterThanOrEqual(20_000);
  });
});

describe('the hash of a text', () => {
  it('is the same of its characters and of its bytes', () => {
    const byBytes = createTextHash();
    for (const text of ['', 'a', 'ab', 'abc', 'arn:aws:ec2:vpc/7', 'größe', 'a😀', 'ää']) {
      const bytes = Buffer.from(`__${text}__`);
      hashText(hash, 7, text);
      hashBytes(byBytes, 7, bytes, 2, bytes.length - 2);
      expect(byBytes).toEqual(hash);
    }
  });

  it('differs between texts that differ a little', () => {
    const seen = new Set<string>();
    const texts = Array.from({ length: 200_000 }, (_, number) => `i-${number.toString(16)}`);
    for (const text of [...texts, '', '\0', '\0\0', '\0\0\0']) seen.add(of(text).join());
    expect(seen.size).toBe(200_004);
  });
});
