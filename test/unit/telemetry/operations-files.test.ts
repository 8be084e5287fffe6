import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics, exposition } from '../../../src/telemetry/metrics.ts';
import {
  dashboard,
  operationsExpressions,
  operationsFile,
  ruleGroups,
} from '../../support/operations-files.ts';
import { promqlNames } from '../../support/promql-names.ts';

/** Labels that Prometheus itself adds to what it scrapes. */
const SCRAPED = ['job', 'instance'];

const HISTOGRAM_ENDS = ['_bucket', '_sum', '_count'];

/** Names of all series that the service has, each with its labels. */
const seriesOfService = (): ReadonlyMap<string, readonly string[]> => {
  const { registry } = createMetrics('1.2.3', () => 0, 'run');
  return new Map(
    registry
      .getMetricsAsArray()
      .flatMap((metric): readonly (readonly [string, readonly string[]])[] => {
        const {
          name,
          type,
          labelNames = [],
        } = metric as unknown as {
          readonly name: string;
          readonly type?: string;
          readonly labelNames?: readonly string[];
        };
        // prom-client gives the type of its own metrics in `get` only.
        const isHistogram = type === 'histogram' || 'buckets' in metric;
        return isHistogram
          ? HISTOGRAM_ENDS.map((end) => [
              `${name}${end}`,
              end === '_bucket' ? [...labelNames, 'le'] : labelNames,
            ])
          : [[name, labelNames]];
      }),
  );
};

const series = seriesOfService();

describe('dashboard and alert rules', () => {
  it.each(operationsExpressions())('%s names series that exist: %s', (_where, expression) => {
    const { selected, grouping } = promqlNames(expression);
    expect(selected).not.toEqual([]);
    const labels = new Set<string>(SCRAPED);
    for (const { metric, labels: matched } of selected) {
      const known = series.get(metric);
      expect(known, metric).toBeDefined();
      for (const label of known ?? []) labels.add(label);
      for (const label of matched) expect([...(known ?? []), ...SCRAPED]).toContain(label);
    }
    for (const label of grouping) expect([...labels]).toContain(label);
  });

  it('show every metric of the service somewhere on the dashboard', () => {
    const shown = new Set(
      dashboard().panels.flatMap(({ targets = [] }) =>
        targets.flatMap(({ expr }) => promqlNames(expr).selected.map(({ metric }) => metric)),
      ),
    );
    // A serial tells nothing as a curve; refused files and both times are alerts. The store is built anew without an error of its own.
    const elsewhere = [
      'driftline_connection_files_refused_total',
      'driftline_desired_scope_serial',
      'driftline_last_commit_timestamp_seconds',
      'driftline_last_publish_timestamp_seconds',
      'driftline_desired_caught_up',
      'driftline_desired_undecodable_total',
      'driftline_desired_unindexed_total',
    ];
    const own = [...series.keys()].filter(
      (name) => name.startsWith('driftline_') && !/_(sum|count)$/.test(name),
    );
    expect(own.filter((name) => !shown.has(name)).sort()).toEqual([...elsewhere].sort());
  });

  it('take pauses for those of the very member, not of another group on a topic of the same name', () => {
    const paused = operationsExpressions().filter(([, expr]) => expr.includes('partition_paused'));
    expect(paused.length).toBeGreaterThan(3);
    for (const [where, expr] of paused) expect(expr, where).not.toMatch(/\bon\s*\(/);
  });

  it('are the same rules for Prometheus and for its operator', () => {
    const rule = parse(operationsFile('prometheus/prometheus-rule.yaml')) as {
      readonly kind: string;
      readonly spec: { readonly groups: unknown };
    };
    expect(rule.kind).toBe('PrometheusRule');
    expect(rule.spec.groups).toEqual(ruleGroups());
  });

  it('have a section of the runbook for each alert', () => {
    const headings = new Set(
      [...operationsFile('RUNBOOK.md').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading),
    );
    for (const { alert, annotations } of ruleGroups().flatMap(({ rules }) => rules)) {
      expect(annotations['runbook']).toBe(`deploy/RUNBOOK.md#${alert.toLowerCase()}`);
      expect([...headings]).toContain(alert);
    }
  });

  it('miss a member also where a watch or an index service runs', () => {
    const down = ruleGroups()
      .flatMap(({ rules }) => rules)
      .find(({ alert }) => alert === 'DriftlineDown');
    expect(down?.expr).toBe('absent(driftline_build_info{service="run"})');
  });

  it('see the first count of every counter of which one is enough', async () => {
    const metrics = createMetrics('1.2.3', () => 0, 'run');
    const logger = createLogger({
      level: 'fatal',
      service: 'driftline',
      version: '1.2.3',
      destination: { write: () => undefined },
    });
    // The partitions of the offsets are known from then on.
    createTelemetry({ logger, metrics, clock: () => 0 }).emit({
      type: 'group.joined',
      group: 'driftline',
      partitions: { 'audit.events': [0] },
    });
    const lines = (await exposition(metrics)).text.split('\n');
    const first = ruleGroups().flatMap(({ rules }) =>
      rules.flatMap(({ expr }) =>
        [...expr.matchAll(/increase\((\w+)[^)]*\)\) > 0/g)].map(([, name = '']) => ({
          name,
          expr,
        })),
      ),
    );
    expect(first.length).toBeGreaterThan(5);
    const unseen = first.filter(
      ({ name, expr }) =>
        !lines.some((line) => line.startsWith(name) && line.endsWith(' 0')) &&
        // A label whose values OpenSearch chooses: the rule asks for what was not there before.
        !expr.includes(`(${name} unless ${name} offset `),
    );
    expect(unseen).toEqual([]);
  });

  it('refuse what is no PromQL', () => {
    expect(() => promqlNames('sum(rate(x[5m])')).toThrow('no PromQL');
  });
});
