import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  best,
  isPassed,
  judge,
  judgementLines,
  middle,
  type GuardRecord,
} from '../../bench/guard/judge.ts';

const recorded = { 'ocsf unit': 10, 'avro unit': 6 };

describe('the guard of processor time', () => {
  it('fails on a loss of more than 15 percent, and names it', () => {
    const judgements = judge(recorded, { 'ocsf unit': 11.6, 'avro unit': 6 });
    expect(isPassed(judgements)).toBe(false);
    expect(judgementLines(judgements)[0]).toMatch(/^ocsf unit .*LOST: 16 % more/);
  });

  it('passes what is within 15 percent, and what is faster', () => {
    expect(isPassed(judge(recorded, { 'ocsf unit': 11.4, 'avro unit': 3 }))).toBe(true);
  });

  it('fails where something recorded was not measured', () => {
    expect(isPassed(judge(recorded, { 'ocsf unit': 10 }))).toBe(false);
  });

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY, null])(
    'fails where %s was measured',
    (none) => {
      const measured = { 'ocsf unit': none as number, 'avro unit': 6 };
      expect(isPassed(judge(recorded, measured))).toBe(false);
    },
  );

  it('fails where something measured was never recorded', () => {
    expect(isPassed(judge({}, recorded))).toBe(false);
    expect(isPassed(judge({}, {}))).toBe(false);
  });

  it('forgives an attempt that noise has slowed, and no loss that stays', () => {
    const noisy = { 'ocsf unit': 13, 'avro unit': 6 };
    expect(isPassed(judge(recorded, best([noisy, recorded])))).toBe(true);
    expect(isPassed(judge(recorded, best([noisy, { ...noisy, 'ocsf unit': 12 }])))).toBe(false);
  });

  it('records the middle of its attempts', () => {
    const attempts = [{ a: 1 }, { a: 9 }, { a: 2 }];
    expect(middle(attempts)).toEqual({ a: 2 });
  });

  it('has a record of every format', () => {
    const file = new URL('../../bench/guard.json', import.meta.url);
    const { ratios } = JSON.parse(readFileSync(file, 'utf8')) as GuardRecord;
    for (const format of ['ocsf', 'avro', 'cloudtrail']) {
      expect(ratios[`${format} unit`]).toBeGreaterThan(0);
    }
  });
});
