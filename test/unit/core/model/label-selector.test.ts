import { describe, expect, it } from 'vitest';
import { compileLabelSelector } from '../../../../src/core/model/label-selector.ts';

const labels = { app: 'web', tier: 'front', empty: '' };

describe('compileLabelSelector', () => {
  it.each([
    ['', true],
    ['app', true],
    ['!app', false],
    ['! canary', true],
    ['app=web', true],
    [' app == web , tier != back ', true],
    ['app!=web', false],
    ['missing!=web', true],
    ['missing=', false],
    ['empty=', true],
    ['tier in (back, front)', true],
    ['tier notin (back,front)', false],
    ['missing notin (a)', true],
    ['missing in (a)', false],
    ['app=web,tier in (a,b)', false],
    ['example.com/part-of', false],
  ])('selects by %j: %s', (selector, selected) => {
    expect(compileLabelSelector(selector)?.(labels)).toBe(selected);
  });

  it.each(['app=', 'app in ()', 'in', 'notin=in'])('takes %j', (selector) => {
    expect(compileLabelSelector(selector)).toBeDefined();
  });

  it.each([
    '=web',
    'app=a b',
    'app in a',
    'app in (a',
    'app in (a)(b)',
    '!app=web',
    'app web',
    'a,,b',
    'app in(a) x',
  ])('refuses %j', (selector) => {
    expect(compileLabelSelector(selector)).toBeUndefined();
  });
});
