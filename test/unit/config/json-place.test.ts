import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFaultPlace } from '../../../src/config/json-place.ts';

describe('the place of a fault in JSON', () => {
  it.each([
    ['{\n  "http": {\n    "port": x\n  }\n}', 'line 3, column 13'],
    ['{"a": 1,}', 'line 1, column 9'],
    ['{"a": 1\n"b": 2}', 'line 2, column 1'],
    ["{'a': 1}", 'line 1, column 2'],
    ['{"a": tru3}', 'line 1, column 10'],
    ['{"a": "b\nc"}', 'line 1, column 9'],
    ['{"a": 1} x', 'line 1, column 10'],
    ['{\n"a": [1, 2', 'line 2, column 11'],
    ['', 'line 1, column 1'],
    ['// no comments\n{}', 'line 1, column 1'],
  ])('is told by line and column: %j', (text, place) => {
    expect(jsonFaultPlace(text)).toBe(place);
  });

  it('is where a foreign character was put in, or near behind it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (json, at) => {
        const position = at % (json.length + 1);
        const text = `${json.slice(0, position)}\u0001${json.slice(position)}`;
        expect(jsonFaultPlace(text)).toBe(`line 1, column ${position + 1}`);
      }),
    );
  });
});
