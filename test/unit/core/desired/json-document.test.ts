import {
  assert,
  constantFrom,
  integer,
  json,
  jsonValue,
  property,
  type Arbitrary,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonDocument } from '../../../../src/core/desired/json-document.ts';
import { parseJsonText } from '../../../../src/core/desired/json-text.ts';
import type { ChunkedContent } from '../../../../src/core/model/source-content.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The bytes in pieces of so many. */
const inChunks = (bytes: Uint8Array, length: number): ChunkedContent => ({
  size: bytes.length,
  *chunks() {
    for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
  },
});

const read = (text: string, length = 7) => {
  const result = readJsonDocument(inChunks(encode(text), length));
  if (!result.ok) return { reason: result.reason, position: result.position };
  const { head, elements } = result.document;
  return { head, elements: [...elements()] };
};

const valueOf = (text: string): unknown => {
  const parsed = parseJsonText(text);
  return parsed.ok ? parsed.value : undefined;
};

const anyJson: Arbitrary<string> = json({ maxDepth: 4 });

describe('a JSON document read in pieces', () => {
  it('has its lists of resources apart, and all else in its head', () => {
    const state = {
      version: 4,
      resources: [{ a: [1] }, 'x'],
      outputs: { resources: [2] },
      planned_values: {
        root_module: {
          resources: [3],
          child_modules: [
            { resources: [4], address: 'module.a', child_modules: [{ resources: [5] }] },
          ],
        },
      },
      deployment: { resources: [6], manifest: {} },
      prior_state: { values: { root_module: { resources: [7] } } },
    };
    expect(read(JSON.stringify(state))).toEqual({
      head: {
        version: 4,
        resources: [],
        outputs: { resources: [2] },
        planned_values: {
          root_module: {
            resources: [],
            child_modules: [
              { resources: [], address: 'module.a', child_modules: [{ resources: [] }] },
            ],
          },
        },
        deployment: { resources: [], manifest: {} },
        prior_state: { values: { root_module: { resources: [] } } },
      },
      elements: [
        { path: ['resources', 0], value: { a: [1] } },
        { path: ['resources', 1], value: 'x' },
        { path: ['planned_values', 'root_module', 'resources', 0], value: 3 },
        {
          path: ['planned_values', 'root_module', 'child_modules', 0, 'resources', 0],
          value: 4,
        },
        {
          path: [
            ...['planned_values', 'root_module', 'child_modules', 0, 'child_modules', 0],
            ...['resources', 0],
          ],
          value: 5,
        },
        { path: ['deployment', 'resources', 0], value: 6 },
        { path: ['prior_state', 'values', 'root_module', 'resources', 0], value: 7 },
      ],
    });
  });

  it('is what JSON.parse reads, however it is cut into chunks', () => {
    const text = property(
      jsonValue({ maxDepth: 4 }),
      integer({ min: 1, max: 40 }),
      (value, length) => {
        const resources = [value, [value], { a: value }];
        const spaced = JSON.stringify(
          { version: 4, other: value, resources },
          undefined,
          length % 3,
        );
        const parsed = valueOf(spaced) as {
          readonly other: unknown;
          readonly resources: unknown[];
        };
        expect(read(spaced, length)).toEqual({
          head: { version: 4, other: parsed.other, resources: [] },
          elements: parsed.resources.map((each, index) => ({
            path: ['resources', index],
            value: each,
          })),
        });
      },
    );
    assert(text);
  });

  it('is refused exactly where JSON.parse refuses', () => {
    const mangled = property(
      anyJson,
      integer({ min: 0, max: 200 }),
      constantFrom('', '{', '}', '[', ']', ',', ':', '"', '\\', 'x', '1', ' ', '\n'),
      (text, at, put) => {
        const place = at % (text.length + 1);
        const damaged = `{"resources":[${text.slice(0, place)}${put}${text.slice(place + 1)}]}`;
        let isJson = true;
        try {
          JSON.parse(damaged);
        } catch {
          isJson = false;
        }
        // What V8 takes, a member twice included, is refused here only for a member of the head.
        const result = read(damaged, 5);
        if (isJson) expect(['member_twice', undefined]).toContain(result.reason);
        else expect(['truncated', 'not_json']).toContain(result.reason);
      },
    );
    assert(mangled, { numRuns: 500 });
  });

  it.each([
    ['{"version": 4,\n "resources": [{"a": hunter2}]}', 'not_json', 'line 2, column 22'],
    ['{"version": 4,\n "resources": [{"ä": "öü", b: 1}]}', 'not_json', 'line 2, column 28'],
    ['{"version": 4,\n "a" 1}', 'not_json', 'line 2, column 6'],
    ['{"version": 4, "resources": [{"a": [1, {"b": 2]}]}', 'not_json', 'line 1, column 47'],
    ['{"version": 4, "resources": [{"a": 1', 'truncated', 'line 1, column 37'],
    ['{"version": 4, "resources": [', 'truncated', 'line 1, column 30'],
    ['{"version": 4} {}', 'not_json', 'line 1, column 16'],
    ['{"resources": [], "resources": []}', 'member_twice', 'line 1, column 19'],
  ])('%j is %s at %s', (text, reason, position) => {
    expect(read(text)).toEqual({ reason, position });
    expect(read(text, 1_000)).toEqual({ reason, position });
  });

  it('keeps integers past 2^53 as their text, and takes no member for a prototype', () => {
    const { head } = read('{"serial": 9007199254740993, "__proto__": {"version": 4}}');
    expect(JSON.stringify(head)).toBe('{"serial":"9007199254740993","__proto__":{"version":4}}');
    expect(Object.getPrototypeOf(head)).toBe(Object.prototype);
  });
});
