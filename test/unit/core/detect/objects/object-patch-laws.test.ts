import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../../src/core/model/json.ts';
import { isJsonObject } from '../../../../../src/core/model/json.ts';
import { desiredResource, patchChanges } from './owned-object.ts';

const scalar = fc.oneof(
  fc.constantFrom('a', 'b', 'on'),
  fc.integer({ min: 1, max: 9 }),
  fc.boolean(),
);
const key = fc.constantFrom('alpha', 'beta', 'gamma', 'x-y', 'app/z');

/** Objects as patches merge them: no list has a key, nothing is null or empty. */
const { tree } = fc.letrec<{ tree: JsonValue; map: JsonObject }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(scalar, { minLength: 1, maxLength: 3 }),
    tie('map'),
  ),
  map: fc.dictionary(key, tie('tree'), { minKeys: 1, maxKeys: 4 }),
}));
const spec = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 }) as fc.Arbitrary<JsonObject>;

const ownerOf = (desired: JsonObject) =>
  desiredResource('kubernetes:x.io/things/shop/one', {
    apiVersion: 'x.io/v1',
    kind: 'Thing',
    metadata: { name: 'one' },
    spec: desired,
  });

/** RFC 7386, written from the standard: the patch that makes `to` of `from`. */
const mergePatch = (from: JsonObject, to: JsonObject): JsonObject => {
  const patch: Record<string, JsonValue> = {};
  for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) patch[name] = null;
  for (const [name, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (JSON.stringify(before) === JSON.stringify(value)) continue;
    patch[name] = isJsonObject(before) && isJsonObject(value) ? mergePatch(before, value) : value;
  }
  return patch;
};

/** RFC 6902: the operations that make `to` of `from`, member by member. */
const jsonPatch = (from: JsonObject, to: JsonObject, at: string): readonly JsonObject[] => {
  const pointer = (name: string): string =>
    `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const removed = Object.keys(from)
    .filter((name) => !Object.hasOwn(to, name))
    .map((name): JsonObject => ({ op: 'remove', path: pointer(name) }));
  const set = Object.entries(to).flatMap(([name, value]): readonly JsonObject[] => {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (JSON.stringify(before) === JSON.stringify(value)) return [];
    if (isJsonObject(before) && isJsonObject(value)) return jsonPatch(before, value, pointer(name));
    return [{ op: before === undefined ? 'add' : 'replace', path: pointer(name), value }];
  });
  return [...removed, ...set];
};

/** The value at a path as candidates write it. */
const valueAt = (root: JsonValue, path: string): JsonValue | undefined => {
  let value: JsonValue | undefined = root;
  for (const [, name, position] of path.matchAll(/(?:^|\.)([^.[\]]+)|\[(\d+)\]/g)) {
    const step = name ?? Number(position);
    value = (value as Readonly<Record<string | number, JsonValue>> | undefined)?.[step];
  }
  return value;
};

const drifts = (verdict: string): boolean => verdict === 'differs' || verdict === 'not_in_desired';

describe('patches between what code says and another state', () => {
  it('of it away from code tell only drift, and the way back only what code says', () => {
    fc.assert(
      fc.property(spec, spec, (desired, live) => {
        const owner = ownerOf(desired);
        const away = mergePatch(desired, live);
        const back = mergePatch(live, desired);
        fc.pre(Object.keys(away).length > 0);
        const gone = patchChanges({ spec: away }, {}, owner);
        const restored = patchChanges({ spec: back }, {}, owner);
        expect(gone.length).toBeGreaterThan(0);
        expect(gone.filter(({ verdict }) => !drifts(verdict))).toEqual([]);
        expect(restored.filter(({ verdict }) => verdict !== 'equals_desired')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are told the same as JSON patch and as merge patch', () => {
    fc.assert(
      fc.property(spec, spec, (desired, live) => {
        const owner = ownerOf(desired);
        const operations = jsonPatch(desired, live, '/spec');
        fc.pre(operations.length > 0);
        const told = (patch: JsonValue) =>
          new Set(
            patchChanges(patch, {}, owner)
              .filter(({ verdict }) => drifts(verdict))
              .map(({ path, action }) => `${action} ${path}`),
          );
        const merged = told({ spec: mergePatch(desired, live) });
        for (const each of told(operations)) {
          // A merge patch tells a new object member by member, a JSON patch as one.
          const isTold = [...merged].some((other) => other === each || other.startsWith(each));
          expect(isTold, each).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('quote what code says at the path that they name', () => {
    fc.assert(
      fc.property(spec, spec, (desired, live) => {
        const owner = ownerOf(desired);
        for (const patch of [
          { spec: mergePatch(desired, live) },
          jsonPatch(desired, live, '/spec'),
        ]) {
          for (const { path, action, desired: quoted } of patchChanges(patch, {}, owner)) {
            if (action === 'add' || quoted === undefined) continue;
            expect(valueAt(owner.attributes, path)).toEqual(quoted);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of a whole object tell nothing but that it is what code says, where it is', () => {
    fc.assert(
      fc.property(spec, (desired) => {
        const owner = ownerOf(desired);
        const changes = patchChanges(owner.attributes, { verb: 'update' }, owner);
        expect(changes.length).toBeGreaterThan(0);
        expect(changes.every(({ verdict }) => verdict === 'equals_desired')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
