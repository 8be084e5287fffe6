import { describe, expect, it } from 'vitest';
import { datedIndex, dayOf } from '../../../src/codec/search-document.ts';

const DAY = 86_400_000;
const window = { pastMs: 100 * DAY, futureMs: 2 * DAY };
const came = Date.UTC(2026, 5, 15);
const origin = { topic: 't', partition: 0, offset: '1', timestamp: came };
const indexAt = (time: number, record = origin): string =>
  datedIndex('a', dayOf, time, record, window);

describe('datedIndex', () => {
  it('is of the day within the window, its edges included', () => {
    expect(indexAt(came)).toBe('a-2026.06.15');
    expect(indexAt(came + 2 * DAY)).toBe('a-2026.06.17');
    expect(indexAt(came - 100 * DAY)).toBe('a-2026.03.07');
  });

  it('is the quarantine outside of it', () => {
    expect(indexAt(came + 2 * DAY + 1)).toBe('a-quarantine');
    expect(indexAt(came - 100 * DAY - 1)).toBe('a-quarantine');
  });

  it('is of the day where the time of the record is not known, and without a window', () => {
    expect(indexAt(0, { ...origin, timestamp: -1 })).toBe('a-1970.01.01');
    expect(indexAt(0, { ...origin, timestamp: Number.NaN })).toBe('a-1970.01.01');
    expect(datedIndex('a', dayOf, 0, origin, undefined)).toBe('a-1970.01.01');
  });
});
