import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPayloadCache } from '../../../../src/adapters/desired-store/payload-cache.ts';

const payloadOf = (resource: number): Buffer => Buffer.alloc(20 + (resource % 400), `${resource} `);

describe('the cache of payloads', () => {
  it('has what was kept last, and gives copies', () => {
    const cache = createPayloadCache((length) => Buffer.from(new ArrayBuffer(length)), 10_000);
    cache.keep(7, payloadOf(7));
    cache.get(7)?.fill(0);
    expect(cache.get(7)).toEqual(payloadOf(7));
    expect(cache.get(8)).toBeUndefined();
    expect(cache.get(7)?.buffer.byteLength).toBe(payloadOf(7).length);
  });

  it('keeps what is asked for again and again, and drops the rest', () => {
    const cache = createPayloadCache(Buffer.alloc, 10_000);
    for (let resource = 1; resource < 1_000; resource++) {
      cache.keep(resource, payloadOf(resource));
      expect(cache.get(1)).toEqual(payloadOf(1));
    }
    expect(cache.get(500)).toBeUndefined();
  });

  it('never gives another payload than the one that was kept', () => {
    const step = fc.record({ keep: fc.boolean(), resource: fc.integer({ min: 1, max: 400_000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const cache = createPayloadCache(Buffer.alloc, 3_000);
        for (const { keep, resource } of steps) {
          if (keep) cache.keep(resource, payloadOf(resource));
          const got = cache.get(resource);
          expect(got ?? payloadOf(resource)).toEqual(payloadOf(resource));
        }
      }),
    );
  });
});
