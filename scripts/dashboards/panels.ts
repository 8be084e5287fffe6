import type { Clause } from '../../src/questions/clause.ts';
import { PATTERNS } from './index-patterns.ts';
import { savedObject, searchSource, type SavedObject } from './saved-objects.ts';

interface Aggregation {
  readonly type: 'count' | 'cardinality' | 'percentiles' | 'terms' | 'date_histogram' | 'max';
  readonly schema: 'metric' | 'segment' | 'group' | 'bucket';
  readonly params: Readonly<Record<string, unknown>>;
}

export const count: Aggregation = { type: 'count', schema: 'metric', params: {} };

export const distinct = (field: string, customLabel: string): Aggregation => ({
  type: 'cardinality',
  schema: 'metric',
  params: { field, customLabel },
});

export const percentiles = (field: string, customLabel: string): Aggregation => ({
  type: 'percentiles',
  schema: 'metric',
  params: { field, percents: [50, 95], customLabel },
});

export const latest = (field: string, customLabel: string): Aggregation => ({
  type: 'max',
  schema: 'metric',
  params: { field, customLabel },
});

/** Groups by the values of a keyword; documents without one are a group of their own, "none". */
export const top = (
  field: string,
  customLabel: string,
  schema: Aggregation['schema'] = 'bucket',
  size = 10,
): Aggregation => ({
  type: 'terms',
  schema,
  params: {
    field,
    orderBy: '1',
    order: 'desc',
    size,
    otherBucket: false,
    missingBucket: true,
    missingBucketLabel: 'none',
    customLabel,
  },
});

/**
 * Groups by the values of another type, of which Dashboards knows no group of documents without one: not to be combined
 * with further groups, from which those would vanish.
 */
export const topPresent = (field: string, customLabel: string): Aggregation => {
  const { missingBucketLabel: _none, ...params } = top(field, customLabel).params;
  return { type: 'terms', schema: 'bucket', params: { ...params, missingBucket: false } };
};

export const overTime: Aggregation = {
  type: 'date_histogram',
  schema: 'segment',
  params: {
    field: 'time',
    interval: 'auto',
    min_doc_count: 1,
    useNormalizedOpenSearchInterval: true,
    drop_partials: false,
    extended_bounds: {},
  },
};

const axes = (shape: 'histogram' | 'line'): Readonly<Record<string, unknown>> => ({
  type: shape,
  grid: { categoryLines: false },
  categoryAxes: [
    {
      id: 'CategoryAxis-1',
      type: 'category',
      position: 'bottom',
      show: true,
      style: {},
      scale: { type: 'linear' },
      labels: { show: true, filter: true, truncate: 100 },
      title: {},
    },
  ],
  valueAxes: [
    {
      id: 'ValueAxis-1',
      name: 'LeftAxis-1',
      type: 'value',
      position: 'left',
      show: true,
      style: {},
      scale: { type: 'linear', mode: 'normal' },
      labels: { show: true, rotate: 0, filter: false, truncate: 100 },
      title: { text: '' },
    },
  ],
  seriesParams: [
    {
      show: true,
      type: shape,
      mode: shape === 'histogram' ? 'stacked' : 'normal',
      data: { label: 'Count', id: '1' },
      valueAxis: 'ValueAxis-1',
      drawLinesBetweenPoints: true,
      lineWidth: 2,
      showCircles: true,
    },
  ],
  addTooltip: true,
  addLegend: true,
  legendPosition: 'right',
  times: [],
  addTimeMarker: false,
  labels: {},
  thresholdLine: { show: false, value: 10, width: 1, style: 'full', color: '#E7664C' },
});

const PARAMS: Readonly<Record<Panel['shape'], Readonly<Record<string, unknown>>>> = {
  table: {
    perPage: 10,
    showPartialRows: false,
    showMetricsAtAllLevels: false,
    showTotal: false,
    totalFunc: 'sum',
    percentageCol: '',
  },
  metric: {
    addTooltip: true,
    addLegend: false,
    type: 'metric',
    metric: {
      percentageMode: false,
      useRanges: false,
      colorSchema: 'Green to Red',
      metricColorMode: 'None',
      colorsRange: [{ from: 0, to: 10_000 }],
      labels: { show: true },
      invertColors: false,
      style: { bgFill: '#000', bgColor: false, labelColor: false, subText: '', fontSize: 40 },
    },
  },
  histogram: axes('histogram'),
  line: axes('line'),
  pie: {
    type: 'pie',
    addTooltip: true,
    addLegend: true,
    legendPosition: 'right',
    isDonut: true,
    labels: { show: false, values: true, last_level: true, truncate: 100 },
  },
};

export interface Panel {
  readonly name: string;
  readonly title: string;
  readonly shape: 'table' | 'metric' | 'histogram' | 'line' | 'pie';
  readonly index: keyof typeof PATTERNS;
  readonly where?: readonly Clause[];
  readonly aggregations: readonly Aggregation[];
}

export const panelId = (name: string): string => `driftline-panel-${name}`;

export const visualization = ({
  name,
  title,
  shape,
  index,
  where = [],
  aggregations,
}: Panel): SavedObject => {
  const { searchSourceJSON, references } = searchSource(
    PATTERNS[index],
    where.map((clause) => ({ clause, alias: title })),
  );
  const aggs = aggregations.map((each, position) => ({
    id: String(position + 1),
    enabled: true,
    ...each,
  }));
  return savedObject(
    'visualization',
    panelId(name),
    {
      title: `[Driftline] ${title}`,
      description: '',
      uiStateJSON: '{}',
      version: 1,
      visState: JSON.stringify({ title, type: shape, params: PARAMS[shape], aggs }),
      kibanaSavedObjectMeta: { searchSourceJSON },
    },
    references,
  );
};
