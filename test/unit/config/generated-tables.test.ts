import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packages from '../../../scripts/tables/packages.json' with { type: 'json' };
import { isJsonObject, type JsonObject } from '../../../src/core/model/json.ts';

const read = (path: string): JsonObject => {
  const content: unknown = JSON.parse(readFileSync(`config/providers/${path}`, 'utf8'));
  if (!isJsonObject(content)) throw new Error(`${path} is no object.`);
  return content;
};

describe.each(['aws', 'azure', 'gcp'])('the generated tables of %s', (provider) => {
  it('tell the packages and versions that they were made from', () => {
    const pinned: Readonly<Record<string, string>> = { ...packages.npm, ...packages.pip };
    const sources = Object.entries(read(`${provider}/generated/sources.json`));
    expect(sources.length).toBeGreaterThan(0);
    for (const [name, version] of sources) expect([name, version]).toEqual([name, pinned[name]]);
  });

  it('have one row a line, by name', () => {
    const text = readFileSync(`config/providers/${provider}/generated/operations.json`, 'utf8');
    const keys = Object.keys(JSON.parse(text) as object);
    expect(keys).toEqual(keys.toSorted());
    expect(text.trim().split('\n')).toHaveLength(keys.length + 2);
  });

  it('know every type that a row of theirs names', () => {
    const types = read(`${provider}/generated/resource-types.json`);
    const rows = Object.values(read(`${provider}/generated/operations.json`));
    const named = rows.flatMap((row) =>
      (row as { readonly targets: readonly { readonly type: string }[] }).targets.map(
        ({ type }) => type,
      ),
    );
    expect(named.filter((type) => type !== '*' && !Object.hasOwn(types, type))).toEqual([]);
  });
});

describe.each(['aws', 'gcp'])('the generated operations of %s', (provider) => {
  it('are not repeated by hand', () => {
    const generated = read(`${provider}/generated/operations.json`);
    const repeated = Object.entries(read(`${provider}/operations.json`)).filter(
      ([key, row]) => JSON.stringify(row) === JSON.stringify(generated[key]),
    );
    expect(repeated.map(([key]) => key)).toEqual([]);
  });
});
