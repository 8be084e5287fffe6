import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderJsonSchema } from '../../../src/config/json-schema.ts';
import { KEYS } from '../../../src/config/schema.ts';

interface Node {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly additionalProperties?: boolean;
  readonly properties?: Readonly<Record<string, Node>>;
}

const schema = JSON.parse(renderJsonSchema()) as Node;

const nodeAt = (path: string): Node | undefined =>
  path.split('.').reduce<Node | undefined>((node, name) => node?.properties?.[name], schema);

describe('the JSON Schema of the configuration', () => {
  it('has every key with its type and its default, and allows no other', () => {
    expect(schema.additionalProperties).toBe(false);
    for (const [path, key] of KEYS) {
      const node = nodeAt(path);
      expect(node, path).toBeDefined();
      expect(node?.type ?? node?.enum, path).toBeDefined();
      if (key.default !== null) expect(node?.default).toEqual(key.default);
    }
  });

  it('tells the words of a key that takes only some', () => {
    expect(nodeAt('log.level')?.enum).toEqual(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
  });

  it('knows every key of the example, which names it for editors', () => {
    const file = new URL('../../../config/driftline.example.json', import.meta.url);
    const example = JSON.parse(readFileSync(file, 'utf8')) as object;
    expect(example).toMatchObject({ $schema: './driftline.schema.json' });
    const check = (value: object, node: Node | undefined): void => {
      for (const [name, child] of Object.entries(value)) {
        const known = node?.properties?.[name];
        expect(known, name).toBeDefined();
        const isSection = typeof child === 'object' && child !== null && !Array.isArray(child);
        if (isSection) check(child as object, known);
      }
    };
    check(example, schema);
  });
});
