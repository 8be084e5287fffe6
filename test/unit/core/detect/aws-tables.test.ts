import { describe, expect, it } from 'vitest';
import { compilePath, compileTemplate } from '../../../../src/core/model/path-template.ts';
import { awsTables } from './owned-resources.ts';

const rows = Object.entries(awsTables.operations.rows);
const targets = rows.flatMap(([key, row]) => row.targets.map((target) => [key, target] as const));

describe('the AWS tables', () => {
  it('cover the services that hold most infrastructure', () => {
    const services = new Set(rows.map(([key]) => key.split(':')[0]));
    for (const service of ['ec2', 's3', 'iam', 'lambda', 'rds', 'kms', 'cloudtrail', 'dynamodb']) {
      expect(services).toContain(service);
    }
  });

  it('name only types that the table of types has', () => {
    const unknown = targets.filter(
      ([, { type }]) => type !== '*' && !Object.hasOwn(awsTables.resourceTypes, type),
    );
    expect(unknown).toEqual([]);
  });

  it('name types by their canonical name, since identities are made under it', () => {
    const renamed = targets.filter(([, { type }]) => awsTables.resourceTypes[type]?.sameAs);
    expect(renamed.map(([key]) => key)).toEqual([]);
  });

  it('hold templates and paths that parse and start at a part of the event', () => {
    const starts = /^(request|response|item)(\.|$)/;
    for (const [key, target] of targets) {
      const template = compileTemplate(target.id);
      const sources = template.parts.flatMap((part) => (typeof part === 'string' ? [] : part));
      for (const source of sources) {
        if ('literal' in source) continue;
        const [first] = source.path.segments;
        expect(['request', 'response', 'item', 'account', 'region'], key).toContain(first?.key);
      }
      for (const row of target.changes ?? []) {
        for (const path of [
          ...(row.from ?? 'request').split('|'),
          ...Object.keys(row.when ?? {}),
        ]) {
          expect(path, key).toMatch(starts);
          for (const one of path.split('|')) compilePath(one);
        }
        compilePath(row.path);
      }
      for (const [path, member] of Object.entries(target.fields ?? {})) {
        compilePath(path);
        compilePath(`request.${member}`);
      }
    }
  });

  it('hold identity templates that parse', () => {
    for (const [type, { identities }] of Object.entries(awsTables.resourceTypes)) {
      for (const template of identities ?? []) {
        expect(() => compileTemplate(template), type).not.toThrow();
      }
    }
  });

  it('never send a type to another that has a name of its own in turn', () => {
    for (const [type, { sameAs }] of Object.entries(awsTables.resourceTypes)) {
      if (sameAs === undefined) continue;
      expect(awsTables.resourceTypes[sameAs], type).toBeDefined();
      expect(awsTables.resourceTypes[sameAs]?.sameAs, type).toBeUndefined();
    }
  });

  it('look a part up before the whole: no alternative repeats an earlier one', () => {
    for (const [key, row] of rows) {
      const seen = row.targets.map(({ type, id, when, parent }) =>
        JSON.stringify([type, id, when, parent]),
      );
      expect(new Set(seen).size, key).toBe(seen.length);
    }
  });
});
