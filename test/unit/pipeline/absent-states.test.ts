import { describe, expect, it } from 'vitest';
import { createAbsentStates } from '../../../src/pipeline/absent-states.ts';

const HOUR = 3_600_000;
const NAMES = ['a', 'b', 'c', 'd'];

const watching = (
  { removeAfterMs }: { readonly removeAfterMs?: number } = { removeAfterMs: HOUR },
) => {
  const absent = createAbsentStates(removeAfterMs);
  for (const name of NAMES) absent.add(name);
  const look = (names: string, minutes: number) =>
    absent.look(new Set(names.split('')), minutes * 60_000);
  return { absent, look };
};

const NOTHING = { missed: [], gone: [] };

describe('a state that is no longer found', () => {
  it('is told once, and gone after the time and three looks', () => {
    const { look, absent } = watching();
    expect(look('abcd', 0)).toEqual(NOTHING);
    expect(look('abc', 10)).toEqual({ missed: ['d'], gone: [] });
    expect(look('abc', 40)).toEqual(NOTHING);
    expect(look('abc', 69)).toEqual(NOTHING);
    expect(look('abc', 70)).toEqual({ missed: [], gone: ['d'] });
    absent.removed('d');
    expect(look('abc', 80)).toEqual(NOTHING);
  });

  it('is told again until it is withdrawn, which may fail', () => {
    const { look } = watching();
    for (const minutes of [0, 40, 70]) look('abc', minutes);
    expect(look('abc', 80)).toEqual({ missed: [], gone: ['d'] });
  });

  it('is not gone after the time where it was looked for only twice', () => {
    const { look } = watching();
    look('abc', 0);
    expect(look('abc', 500)).toEqual(NOTHING);
    expect(look('abc', 501)).toEqual({ missed: [], gone: ['d'] });
  });

  it('begins anew where it comes back meanwhile', () => {
    const { look, absent } = watching();
    look('abc', 0);
    expect(absent.isAbsent('d')).toBe(true);
    look('abcd', 30);
    expect(absent.isAbsent('d')).toBe(false);
    expect(look('abc', 60)).toEqual({ missed: ['d'], gone: [] });
    expect(look('abc', 90)).toEqual(NOTHING);
  });

  it('stays where more than half are absent at once', () => {
    const { look } = watching();
    expect(look('a', 0)).toEqual({ missed: ['b', 'c', 'd'], gone: [] });
    for (const minutes of [100, 200, 300]) expect(look('a', minutes)).toEqual(NOTHING);
    for (const minutes of [400, 500]) expect(look('ab', minutes)).toEqual(NOTHING);
    expect(look('ab', 600)).toEqual({ missed: [], gone: ['c', 'd'] });
  });

  it('stays for good where no time is set', () => {
    const { look } = watching({});
    look('abc', 0);
    for (const days of [1, 10, 100]) expect(look('abc', days * 1_440)).toEqual(NOTHING);
  });
});
