import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownId } from '../../../src/pipeline/own-id-event.ts';
import { sha256 } from '../../../src/codec/search-document.ts';

describe('the id of an act whose id another act has', () => {
  it('is the same each time, differs with the content and with the id, and fits into a document id', () => {
    const id = fc.stringMatching(/^[\x21-\x7e]{1,160}$/);
    fc.assert(
      fc.property(id, id, fc.string(), fc.string(), (one, other, content, otherContent) => {
        const own = ownId(one, sha256(content));
        expect(ownId(one, sha256(content))).toBe(own);
        expect(own).not.toBe(one);
        expect(ownId(one, sha256(otherContent)) === own).toBe(content === otherContent);
        expect(ownId(other, sha256(content)) === own).toBe(one === other);
        expect(Buffer.byteLength(own)).toBeLessThanOrEqual(512);
      }),
    );
  });
});
