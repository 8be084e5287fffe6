import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allSavedObjects } from '../../../../scripts/dashboards/all-saved-objects.ts';
import { MIGRATION_VERSIONS, ndjson } from '../../../../scripts/dashboards/saved-objects.ts';
import { QUESTIONS } from '../../../../src/questions/all-questions.ts';
import {
  searchedFields,
  templateFields,
  type TemplateName,
} from '../../../support/template-fields.ts';

const text = readFileSync(
  new URL('../../../../deploy/opensearch/dashboards/driftline.ndjson', import.meta.url),
  'utf8',
);

interface Stored {
  readonly id: string;
  readonly type: keyof typeof MIGRATION_VERSIONS;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: string;
  }[];
  readonly migrationVersion: Readonly<Record<string, string>>;
}

const objects = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Stored);
const byId = new Map(objects.map((each) => [`${each.type}:${each.id}`, each]));

const json = (value: unknown): Record<string, unknown> =>
  JSON.parse(String(value)) as Record<string, unknown>;
const sourceOf = ({ attributes }: Stored): Record<string, unknown> =>
  json((attributes['kibanaSavedObjectMeta'] as { searchSourceJSON: string }).searchSourceJSON);

/** The template of the index pattern that an object searches. */
const templateOf = ({ references }: Stored): TemplateName => {
  const pattern = references.find(({ type }) => type === 'index-pattern');
  return byId.get(`index-pattern:${pattern?.id}`)?.attributes['title'] as TemplateName;
};

const unknownFields = (stored: Stored, fields: readonly string[]): readonly string[] => {
  const known = templateFields(templateOf(stored));
  return fields.filter((field) => !known.has(field)).map((field) => `${stored.id}: ${field}`);
};

const of = (type: Stored['type']): readonly Stored[] =>
  objects.filter((each) => each.type === type);

describe('the saved objects of OpenSearch Dashboards', () => {
  it('are what `npm run dashboards:generate` writes', () => {
    expect(text).toBe(ndjson(allSavedObjects));
  });

  it('have each an id of their own, and the version of their type in Dashboards 3', () => {
    expect(byId.size).toBe(objects.length);
    expect(objects.map(({ migrationVersion }) => migrationVersion)).toEqual(
      objects.map(({ type }) => ({ [type]: MIGRATION_VERSIONS[type] })),
    );
  });

  it('refer to objects that are there, by names that they use', () => {
    for (const { id, references, attributes } of objects) {
      const names = references.map(({ name }) => name);
      expect(new Set(names).size, id).toBe(names.length);
      for (const reference of references) {
        expect([id, byId.has(`${reference.type}:${reference.id}`)]).toEqual([id, true]);
        expect(JSON.stringify(attributes)).toContain(reference.name);
      }
    }
  });

  it('name by reference every index that they search', () => {
    for (const stored of [...of('search'), ...of('visualization')]) {
      const { filter, indexRefName } = sourceOf(stored);
      const used = [
        indexRefName,
        ...(filter as { meta: { indexRefName: string } }[]).map(({ meta }) => meta.indexRefName),
      ];
      expect(used).toEqual(stored.references.map(({ name }) => name));
    }
  });

  it('name only fields of the templates', () => {
    const unknown = [
      ...of('search').flatMap((stored) => [
        ...unknownFields(stored, stored.attributes['columns'] as string[]),
        ...unknownFields(stored, searchedFields(sourceOf(stored)['filter'])),
      ]),
      ...of('visualization').flatMap((stored) => [
        ...unknownFields(stored, searchedFields(json(stored.attributes['visState'])['aggs'])),
        ...unknownFields(stored, searchedFields(sourceOf(stored)['filter'])),
      ]),
    ];
    expect(unknown).toEqual([]);
  });

  it('format only fields of the templates, and link only to fields and dashboards that are there', () => {
    for (const { id, attributes } of of('index-pattern')) {
      const known = templateFields(attributes['title'] as TemplateName);
      expect(known.get(String(attributes['timeFieldName'])), id).toBe('date');
      const formats = json(attributes['fieldFormatMap']) as Record<
        string,
        { params: { urlTemplate?: string } }
      >;
      expect(Object.keys(formats).filter((field) => !known.has(field))).toEqual([]);
      for (const { params } of Object.values(formats)) {
        const template = params.urlTemplate;
        if (template === undefined) continue;
        expect(template).toContain('{{value}}');
        const [, target] = /indexPattern:([\w-]+)/.exec(template) ?? [];
        const [, board] = /#\/view\/([\w-]+)/.exec(template) ?? [];
        expect(
          byId.has(target === undefined ? `dashboard:${board}` : `index-pattern:${target}`),
        ).toBe(true);
        const linked =
          target === undefined
            ? [
                ...templateFields('audit-events').keys(),
                ...templateFields('drift-candidates').keys(),
              ]
            : [
                ...templateFields(
                  byId.get(`index-pattern:${target}`)?.attributes['title'] as TemplateName,
                ).keys(),
              ];
        for (const [, field = ''] of template.matchAll(/([\w.@]+):%22/g))
          expect(linked).toContain(field);
      }
    }
  });

  it('give every visualization one kind of chart, and metrics before buckets', () => {
    for (const { id, attributes } of of('visualization')) {
      const { type, aggs, params } = json(attributes['visState']);
      expect(['table', 'metric', 'histogram', 'line', 'pie']).toContain(type);
      expect(params, id).toBeTypeOf('object');
      const ids = aggs as { id: string; schema: string; params: { orderBy?: string } }[];
      expect(ids[0]?.schema, id).toBe('metric');
      for (const {
        params: { orderBy },
      } of ids)
        if (orderBy !== undefined) expect(ids[Number(orderBy) - 1]?.schema, id).toBe('metric');
    }
  });

  it('lay each page out without gaps, one panel a reference', () => {
    expect(of('dashboard').map(({ id }) => id)).toEqual(
      ['overview', 'drift-board', 'actor', 'resource', 'pipeline'].map(
        (name) => `driftline-${name}`,
      ),
    );
    for (const { attributes, references } of of('dashboard')) {
      const panels = JSON.parse(String(attributes['panelsJSON'])) as {
        panelRefName: string;
        gridData: { x: number; y: number; w: number; h: number };
      }[];
      expect(panels.map(({ panelRefName }) => panelRefName)).toEqual(
        references.map(({ name }) => name),
      );
      const area = panels.reduce((sum, { gridData: { w, h } }) => sum + w * h, 0);
      const bottom = Math.max(...panels.map(({ gridData: { y, h } }) => y + h));
      expect(area).toBe(48 * bottom);
    }
  });

  it('have a saved search for every question', () => {
    const ids = of('search').map(({ id }) => id);
    expect(QUESTIONS.filter(({ name }) => !ids.includes(`driftline-search-${name}`))).toEqual([]);
  });
});
