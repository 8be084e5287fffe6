import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/model/json.ts';
import { holdsAll } from '../../../../src/core/model/literal-match.ts';

const request = (value: JsonValue): JsonValue => ({ request: { a: value } });

describe('the conditions of a row', () => {
  it.each<[string, string, JsonValue, boolean]>([
    ['request.a', 'x', 'x', true],
    ['request.a', 'x', 'y', false],
    ['request.b|request.a', 'x', 'x', true],
    ['request.a', '1', 1, true],
    ['request.a', 'true', true, true],
    ['request.a', '*', {}, true],
    ['request.b', '*', 'x', false],
    ['request.a', '*', null, false],
    ['request.b', '', 'x', true],
    ['request.a', '', '', true],
    ['request.a', '', 'x', false],
    ['request.a', '', null, true],
    ['request.a[]', 'x', ['x', 'y'], true],
    ['request.a[0]', '*', [null], true],
    ['request.a[0]', '', [null], false],
  ])('%s as "%s" of %j: %s', (path, text, value, holds) => {
    expect(holdsAll(request(value), { [path]: text })).toBe(holds);
  });

  it('hold all together, and where there are none', () => {
    expect(holdsAll(request('x'), undefined)).toBe(true);
    expect(holdsAll(request('x'), { 'request.a': 'x', 'request.b': '' })).toBe(true);
    expect(holdsAll(request('x'), { 'request.a': 'x', 'request.b': 'y' })).toBe(false);
  });
});
