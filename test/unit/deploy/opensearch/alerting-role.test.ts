import { readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { monitors } from '../../../support/alert-files.ts';

interface Role {
  readonly cluster_permissions: readonly string[];
  readonly index_permissions: readonly {
    readonly index_patterns: readonly string[];
    readonly allowed_actions: readonly string[];
  }[];
}

const FOLDER = new URL('../../../../deploy/opensearch/security/', import.meta.url);
const read = (file: string): Readonly<Record<string, Role | undefined>> =>
  parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Readonly<Record<string, Role | undefined>>;
const role = read('roles.yml')['driftline_alerting'];

const searched = monitors().flatMap(({ inputs }) =>
  inputs.flatMap(({ search, doc_level_input: documents }) => [
    ...(search?.indices ?? []),
    ...(documents?.indices ?? []),
  ]),
);

it.each([...new Set(searched)])('who applies the monitors may search %s', (index) => {
  const granted = role?.index_permissions.filter(({ index_patterns: patterns }) =>
    [index, `${index.replace(/-\*$/, '')}-2026.11`].every((name) =>
      patterns.some((each) => matchesGlob(name, each)),
    ),
  );
  expect(granted?.flatMap((each) => each.allowed_actions)).toContain('indices:data/read/search');
});

it('who applies them may make monitors, log types, rules and correlations, and is somebody', () => {
  expect(role?.cluster_permissions).toEqual(
    expect.arrayContaining([
      'cluster:admin/opendistro/alerting/*',
      'cluster:admin/opensearch/securityanalytics/*',
    ]),
  );
  expect(read('roles_mapping.yml')['driftline_alerting']).toBeDefined();
});

it('who applies them may write nothing', () => {
  const actions = role?.index_permissions.flatMap((each) => each.allowed_actions) ?? [];
  expect(actions.filter((action) => action.includes('write'))).toEqual([]);
});
