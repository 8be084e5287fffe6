import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allSavedObjects } from '../../../../scripts/dashboards/all-saved-objects.ts';
import { MIGRATION_VERSIONS, ndjson } from '../../../../scripts/dashboards/saved-objects.ts';
import { QUESTIONS } from '../../../../src/questions/all-questions.ts';
import { parseRison } from '../../../support/rison.ts';
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

const ALIASES = ['driftline-audit-events', 'driftline-drift-candidates'].map((id) =>
  byId.get(`index-pattern:${id}`),
);

/** The fields that the filters of a link ask, and for which value, where the field that is shown has a value. */
const phrases = (urlTemplate: string, value: string): readonly (readonly [string, unknown])[] => {
  // As the format `url` of Dashboards puts it in, and as the page reads its address.
  const url = urlTemplate.replaceAll('{{value}}', encodeURIComponent(value));
  const state = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const name = state.has('_q') ? '_q' : '_a';
  const parsed = parseRison(state.get(name) ?? '') as { readonly filters: readonly object[] };
  for (const other of state.values()) parseRison(other);
  const found = (part: unknown): (readonly [string, unknown])[] =>
    typeof part !== 'object' || part === null
      ? []
      : Object.entries(part).flatMap(([key, inner]: [string, unknown]) =>
          key === 'match_phrase' ? Object.entries(inner as object) : found(inner),
        );
  return found(parsed.filters);
};

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
        const patterns = target === undefined ? ALIASES : [byId.get(`index-pattern:${target}`)];
        const linked = patterns.flatMap((each) => [
          ...templateFields(each?.attributes['title'] as TemplateName).keys(),
        ]);
        const fields = phrases(template, 'x').map(([field]) => field);
        expect(fields.length).toBeGreaterThan(0);
        for (const field of fields) expect(linked).toContain(field);
      }
    }
  });

  it.each(['aws_instance.web["a"]', 'a b/c:(d), e&f=g#h%20i+j', 'back\\slash'])(
    'link to what has the very value that is shown: %s',
    (value) => {
      const templates = of('index-pattern').flatMap(({ attributes }) =>
        Object.values(
          json(attributes['fieldFormatMap']) as Record<
            string,
            { params: { urlTemplate?: string } }
          >,
        ).flatMap(({ params }) => params.urlTemplate ?? []),
      );
      expect(templates.length).toBeGreaterThan(10);
      for (const template of templates) {
        const asked = phrases(template, value).map(([, text]) => text);
        expect(asked).toEqual(asked.map(() => value));
      }
    },
  );

  it("link an actor to all that names it, reads and failures too, which have no principal's field", () => {
    for (const [id, field] of [
      ['driftline-drift-candidates', 'actor.principal'],
      ['driftline-audit-events', 'driftline.principal'],
    ] as const) {
      const formats = json(byId.get(`index-pattern:${id}`)?.attributes['fieldFormatMap']) as Record<
        string,
        { params: { urlTemplate: string } }
      >;
      expect(phrases(formats[field]?.params.urlTemplate ?? '', 'x')).toEqual([['entities', 'x']]);
    }
  });

  it('show documents without a value as a group "none", of which Dashboards knows for keywords alone', () => {
    for (const stored of of('visualization')) {
      const aggs = json(stored.attributes['visState'])['aggs'] as {
        type: string;
        params: { field: string; missingBucket?: boolean; missingBucketLabel?: string };
      }[];
      const terms = aggs.filter(({ type }) => type === 'terms');
      for (const { params } of terms) {
        const isKeyword = templateFields(templateOf(stored)).get(params.field) === 'keyword';
        expect([stored.id, params.field, params.missingBucket]).toEqual([
          stored.id,
          params.field,
          isKeyword,
        ]);
        if (isKeyword) expect(params.missingBucketLabel).toBe('none');
        else expect(terms).toHaveLength(1);
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
