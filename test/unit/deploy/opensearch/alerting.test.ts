import { describe, expect, it } from 'vitest';
import {
  correlations,
  logTypes,
  monitors,
  queriedFields,
  searchOfRule,
  sigmaRules,
} from '../../../support/alert-files.ts';
import { searchedFields, templateFields } from '../../../support/template-fields.ts';

const FIELDS = {
  'audit-events': templateFields('audit-events'),
  'drift-candidates': templateFields('drift-candidates'),
} as const;

/** @param index an alias, or the pattern of all of its indices */
const absent = (index: string, fields: readonly string[]): readonly string[] =>
  fields.filter((field) => !FIELDS[index.replace(/-\*$/, '') as keyof typeof FIELDS].has(field));

const KINDS: Readonly<Record<string, string>> = {
  query_level_monitor: 'query_level_trigger',
  bucket_level_monitor: 'bucket_level_trigger',
  doc_level_monitor: 'document_level_trigger',
};

describe('the monitors', () => {
  it.each(monitors())(
    '$name: searches fields of the templates, with triggers of its kind',
    (monitor) => {
      expect(monitor.type).toBe('monitor');
      const kind = KINDS[monitor.monitor_type] ?? '';
      expect(monitor.triggers.map((trigger) => Object.keys(trigger))).toEqual(
        monitor.triggers.map(() => [kind]),
      );
      for (const { search, doc_level_input: documents } of monitor.inputs) {
        const [index = ''] = search?.indices ?? documents?.indices ?? [];
        const fields =
          documents === undefined
            ? searchedFields(search?.query)
            : documents.queries.flatMap(({ query }) => queriedFields(query));
        expect(fields.length).toBeGreaterThan(0);
        expect(absent(index, fields)).toEqual([]);
        const names = documents?.queries.map(({ name }) => name) ?? [];
        for (const { document_level_trigger: trigger } of monitor.triggers) {
          const [, named] =
            /^query\[name=(\w+)\]$/.exec(trigger?.condition.script.source ?? '') ?? [];
          if (trigger !== undefined) expect(names).toContain(named);
        }
      }
    },
  );

  it('of documents watch every index: of an alias Alerting would take the newest alone', () => {
    const watched = monitors().flatMap(({ inputs }) =>
      inputs.flatMap(({ doc_level_input: documents }) => documents?.indices ?? []),
    );
    expect(watched).toEqual(['drift-candidates-*']);
  });

  it('cover severity, gaps in the stream, lag, and every kind of monitor', () => {
    expect(new Set(monitors().map(({ monitor_type: kind }) => kind))).toEqual(
      new Set(Object.keys(KINDS)),
    );
    const text = JSON.stringify(monitors());
    for (const field of ['severity.level', 'cloud.provider', 'delay.detection_ms'])
      expect(text).toContain(field);
  });
});

describe('the log types', () => {
  it('are of the four clouds and of candidates, and alias only fields of the templates', () => {
    expect(logTypes().map((each) => each.log_type.name)).toEqual(
      ['aws', 'azure', 'candidates', 'gcp', 'kubernetes'].map((name) => `driftline_${name}`),
    );
    for (const { log_type: type, mappings } of logTypes()) {
      expect(type.name).toMatch(/^[a-z0-9_-]{2,50}$/);
      expect(type.source).toBe('Custom');
      expect(mappings.rule_topic).toBe(type.name);
      const aliases = Object.values(mappings.alias_mappings.properties);
      expect(aliases.map(({ type: kind }) => kind)).toEqual(aliases.map(() => 'alias'));
      expect(
        absent(
          mappings.index_name,
          aliases.map(({ path }) => path),
        ),
      ).toEqual([]);
      const own = Object.keys(mappings.alias_mappings.properties);
      expect(own.filter((name) => FIELDS[mappings.index_name].has(name))).toEqual([]);
    }
  });
});

describe('the correlations', () => {
  it.each(correlations())(
    '$name: joins candidates with events of a log type',
    ({ correlate, time_window: window }) => {
      expect(window).toBeGreaterThan(0);
      expect(correlate.map(({ index }) => index)).toEqual(['drift-candidates', 'audit-events']);
      const known = logTypes().map((each) => each.log_type.name);
      for (const { index, category, query } of correlate) {
        expect(known).toContain(category);
        expect(queriedFields(query).length).toBeGreaterThan(0);
        expect(absent(index, queriedFields(query))).toEqual([]);
      }
    },
  );
});

describe('the Sigma rules', () => {
  const rules = sigmaRules();

  it.each(rules)('$title: has what a rule must have, over fields of candidates', (rule) => {
    expect(rule.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(['stable', 'test', 'experimental']).toContain(rule.status);
    expect(['informational', 'low', 'medium', 'high', 'critical']).toContain(rule.level);
    expect(rule.description.length).toBeGreaterThan(20);
    expect(rule.logsource.product).toBe('driftline_candidates');
    for (const tag of rule.tags ?? []) expect(tag).toMatch(/^attack\.[a-z0-9_.]+$/);
    const fields = searchedFields(searchOfRule(rule));
    expect(fields.length).toBeGreaterThan(0);
    expect(absent('drift-candidates', fields)).toEqual([]);
  });

  it('have each an id and a title of their own', () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(new Set(rules.map(({ title }) => title)).size).toBe(rules.length);
  });
});
