import { describe, expect, it } from 'vitest';
import { ownBytes } from '../../../src/codec/own-bytes.ts';

describe('bytes that are kept', () => {
  it('hold on to no more memory than they have', () => {
    const copy = ownBytes(Buffer.from('abcdef'), 2, 5);
    expect(copy.toString()).toBe('cde');
    expect(copy.buffer.byteLength).toBe(3);
  });
});
