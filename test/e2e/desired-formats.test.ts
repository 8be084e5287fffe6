import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseYamlDocuments } from '../../src/codec/yaml-documents.ts';
import { readProviderTables } from '../../src/config/provider-tables.ts';
import { createStateReader, type SourcedResult } from '../../src/core/desired/state-reader.ts';
import { sharedData } from '../support/shared-data.ts';

const folder = sharedData('iac');
const tables = readProviderTables('config');

/** A file by itself, as `driftline desired read <file>` reads it. */
const readFile = (file: string): readonly SourcedResult[] => {
  const reader = createStateReader(
    {
      environment: 'test',
      publishedTime: 0,
      resourceTypes: tables.resourceTypes,
      formats: tables.formats,
      secretHash: () => 'f'.repeat(64),
      cluster: 'c',
    },
    parseYamlDocuments,
  );
  return [...reader.read(relative(folder, file), readFileSync(file)), ...reader.end()];
};

interface Row {
  files: number;
  resources: number;
}

/** By source and format, or the reason why it is refused: files and resources. */
type Counts = Record<string, Record<string, Row>>;

const results = (): readonly SourcedResult[] =>
  globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap(readFile);

const countsOf = (all: readonly SourcedResult[]): Counts => {
  const counts: Counts = {};
  for (const result of all) {
    const source = result.source.split('/')[0] ?? '';
    const key = result.ok ? result.format : `refused: ${result.failure.reason}`;
    const row = ((counts[source] ??= {})[key] ??= { files: 0, resources: 0 });
    row.files += 1;
    row.resources += result.ok ? [...result.state.resources].length : 0;
  }
  return counts;
};

const table = (counts: Counts): string =>
  [
    ['source', 'read as, or refused', 'files', 'resources'],
    ...Object.entries(counts).flatMap(([source, rows]) =>
      Object.entries(rows)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([key, { files, resources }]) => [source, key, String(files), String(resources)]),
    ),
  ]
    .map(([source = '', key = '', files = '', resources = '']) =>
      [source.padEnd(30), key.padEnd(30), files.padStart(6), resources.padStart(10)].join(' '),
    )
    .join('\n');

describe.skipIf(!existsSync(folder))(`the formats (skipped without ${folder})`, () => {
  const all = existsSync(folder) ? results() : [];
  const reasonsOf = (source: string): readonly string[] =>
    all.flatMap((result) =>
      result.source.startsWith(`${source}/`) && !result.ok
        ? [`${result.source.split('/').at(-1) ?? ''} ${result.failure.reason}`]
        : [],
    );

  it('every file is read, or refused for a reason, in these numbers', () => {
    const counts = countsOf(all);
    console.log(table(counts));
    expect(counts).toEqual({
      'checkov-plans': {
        'terraform-plan': { files: 52, resources: 326 },
        'terraform-show': { files: 1, resources: 1 },
        'refused: invalid_resource': { files: 1, resources: 0 },
      },
      'cloudformation-templates': {
        cloudformation: { files: 284, resources: 2037 },
        kubernetes: { files: 1, resources: 2 },
        'refused: invalid_resource': { files: 12, resources: 0 },
      },
      'driftctl-states': {
        'terraform-state': { files: 151, resources: 304 },
        'refused: empty': { files: 4, resources: 0 },
        'refused: not_json': { files: 1, resources: 0 },
        'refused: not_a_state': { files: 143, resources: 0 },
      },
      'kubernetes-examples': {
        kubernetes: { files: 245, resources: 275 },
        'refused: invalid_resource': { files: 3, resources: 0 },
        'refused: not_yaml': { files: 5, resources: 0 },
      },
      'pulumi-states': {
        pulumi: { files: 4, resources: 92 },
        'refused: unsupported_version': { files: 1, resources: 0 },
        'refused: unsupported_feature': { files: 1, resources: 0 },
        'refused: not_a_state': { files: 1, resources: 0 },
      },
      'terraform-validator-gcp-plans': {
        'terraform-plan': { files: 104, resources: 176 },
        'terraform-state': { files: 2, resources: 2 },
      },
    });
  });

  it('a plan whose resource has no provider_name is refused: Terraform always writes it', () => {
    expect(reasonsOf('checkov-plans')).toEqual(['tfplan.json invalid_resource']);
  });

  it('templates whose Type is a module of Rain are refused: CloudFormation does not take them either', () => {
    const refused = all.filter(
      (result) => result.source.startsWith('cloudformation-templates/') && !result.ok,
    );
    const texts = refused.map(({ source }) => readFileSync(join(folder, source), 'utf8'));
    expect(texts).toHaveLength(12);
    expect(texts.filter((text) => !/Rain::Module/.test(text))).toEqual([]);
  });

  it("results of driftctl's own, empty files and a broken one are no states", () => {
    const others = reasonsOf('driftctl-states').filter(
      (reason) => reason !== 'results.golden.json not_a_state',
    );
    expect(others.sort()).toEqual([
      'invalid.tfstate not_json',
      'lambda.tfstate empty',
      'symlink.tfstate not_a_state',
      'terraform.tfstate empty',
      'terraform.tfstate empty',
      'terraform.tfstate empty',
    ]);
  });

  it('manifests with a key twice, with an unrendered name, or of no cluster object are refused', () => {
    expect([...reasonsOf('kubernetes-examples')].sort()).toEqual([
      'etcd-controller.yaml not_yaml',
      'etcd-discovery-controller.yaml not_yaml',
      'openshift-controller.yaml not_yaml',
      'quobyte-admin-secret.yaml not_yaml',
      'sc-pvc.yaml not_yaml',
      'scheduler-policy-config-with-extender.json invalid_resource',
      'scheduler-policy-config.json invalid_resource',
      'vttablet-pod-template.yaml invalid_resource',
    ]);
  });

  it('a checkpoint before version 1, one with a feature unknown to Pulumi, and a test of its protocol are refused', () => {
    expect(reasonsOf('pulumi-states')).toEqual([
      'snapshot_test.json not_a_state',
      'checkpoint-v0.json unsupported_version',
      'checkpoint-v4-unsupported-feature.json unsupported_feature',
    ]);
  });

  it('all that exists is found by an identity: resources of states, checkpoints and manifests', () => {
    const without = all.flatMap((result) =>
      result.ok && ['terraform-state', 'pulumi', 'kubernetes'].includes(result.format)
        ? [...result.state.resources].filter(({ identities }) => identities.length === 0)
        : [],
    );
    expect(without.map(({ key }) => key)).toEqual([]);
  });

  it('no failure quotes the file, beyond names of resources', () => {
    const failures = all.flatMap((result) => (result.ok ? [] : [result.failure]));
    expect(failures.filter(({ message }) => message.length > 320)).toEqual([]);
    expect(failures.filter(({ message }) => message.length < 20)).toEqual([]);
  });
});
