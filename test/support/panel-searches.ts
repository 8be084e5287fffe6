import { visualizations } from '../../scripts/dashboards/pages.ts';
import type { SavedObject } from '../../scripts/dashboards/saved-objects.ts';
import { isJsonObject, type JsonObject } from '../../src/core/model/json.ts';
import { templateFields, type TemplateName } from './template-fields.ts';

/** The search of a table or chart, with all of its groups. */
export interface PanelSearch {
  readonly title: string;
  readonly index: TemplateName;
  readonly body: object;
}

interface Group {
  readonly type: string;
  readonly params: { readonly field: string; readonly missingBucket?: boolean };
}

/** More than the groups of any test. */
const ALL = 10_000;
const GROUPS = 'groups';

/** As Dashboards asks for a group of documents without a value: of keywords alone. */
const searchOf = (index: TemplateName, { params }: Group): object => ({
  field: params.field,
  size: ALL,
  ...(params.missingBucket === true && templateFields(index).get(params.field) === 'keyword'
    ? { missing: '__missing__' }
    : {}),
});

const panelSearch = ({ attributes, references }: SavedObject): PanelSearch => {
  const { title, aggs } = JSON.parse(String(attributes['visState'])) as {
    readonly title: string;
    readonly aggs: readonly Group[];
  };
  const { searchSourceJSON } = attributes['kibanaSavedObjectMeta'] as {
    readonly searchSourceJSON: string;
  };
  const { filter } = JSON.parse(searchSourceJSON) as {
    readonly filter: readonly { readonly query: unknown }[];
  };
  const index = (references[0]?.id ?? '').replace(/^driftline-/, '') as TemplateName;
  const aggregations = aggs
    .filter(({ type }) => type === 'terms')
    .reduceRight<object | undefined>(
      (inner, group) => ({
        [GROUPS]: {
          terms: searchOf(index, group),
          ...(inner === undefined ? {} : { aggregations: inner }),
        },
      }),
      undefined,
    );
  return {
    title,
    index,
    body: {
      size: 0,
      track_total_hits: true,
      query: { bool: { filter: filter.map(({ query }) => query) } },
      ...(aggregations === undefined ? {} : { aggregations }),
    },
  };
};

/** Of every table and chart that shows groups. */
export const panelSearches = (): readonly PanelSearch[] =>
  visualizations.map(panelSearch).filter(({ body }) => 'aggregations' in body);

/** How many documents the innermost groups of an answer hold; one with several values counts in the group of each. */
export const groupedDocuments = (answer: JsonObject): number => {
  const counted = (bucket: JsonObject): number => {
    const groups = bucket[GROUPS];
    if (!isJsonObject(groups)) return Number(bucket['doc_count']);
    return (groups['buckets'] as readonly JsonObject[]).reduce(
      (sum, each) => sum + counted(each),
      0,
    );
  };
  return counted(answer['aggregations'] as JsonObject);
};
