import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderTables } from '../../../src/core/model/provider-tables.ts';
import { ProviderTableError, readProviderTables } from '../../../src/config/provider-tables.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-tables-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (path: string, content: unknown): void => {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
};

const awsWith = (): ProviderTables =>
  readProviderTables('config', folder).tables.get('aws') as ProviderTables;

const faultsOf = (read: () => unknown): readonly string[] => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProviderTableError)) throw error;
    expect(error).toMatchObject({ code: 'provider_tables_invalid', retriable: false });
    return error.faults.map(
      ({ file, path, message }) => `${file.replace(`${folder}/`, '')} ${path} ${message}`,
    );
  }
  throw new Error('The tables were taken.');
};

describe('the shipped tables', () => {
  it('are valid', () => {
    const { tables, severity } = readProviderTables('config');
    expect(tables.get('aws')?.serviceSuffix).toBe('.amazonaws.com');
    expect(Object.keys(tables.get('aws')?.operations.rows ?? {}).length).toBeGreaterThan(50);
    expect(severity.levels.critical).toBeLessThanOrEqual(100);
  });

  it('name each signal once', () => {
    const names = awsWith().actors.signals.map((signal) => signal.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a provider with types alone', () => {
  it('gives resource types and names of formats, and no tables for audit events', () => {
    write('providers/aws/resource-types.json', { aws_vpc: {} });
    for (const name of ['severity.json', 'attack-techniques.json'])
      cpSync(`config/${name}`, join(folder, name));
    const own = readProviderTables(folder);
    expect(own.tables.has('aws')).toBe(false);
    expect(own.resourceTypes.get('aws')).toHaveProperty('aws_vpc');
    const { resourceTypes, formats } = readProviderTables('config');
    expect(resourceTypes.get('kubernetes')).toHaveProperty('kubernetes_deployment_v1');
    expect(formats.kubernetesKinds).toHaveProperty(['Deployment.apps']);
    expect(formats.cloudFormation['AWS::EC2::SecurityGroup']?.type).toBe('aws_security_group');
    expect(formats.pulumi['aws:lb/loadBalancer:LoadBalancer']).toBe('aws_lb');
  });

  it('may be extended, and its faults are told', () => {
    write('providers/aws/cloudformation-types.json', { 'Own::A::B': { type: 'own_b' } });
    const { formats } = readProviderTables('config', folder);
    expect(formats.cloudFormation).toMatchObject({
      'Own::A::B': { type: 'own_b' },
      'AWS::SNS::Topic': { type: 'aws_sns_topic' },
    });
    write('providers/kubernetes/kinds.json', { A: { scope: 'Cluster' } });
    expect(faultsOf(() => readProviderTables('config', folder)).join()).toContain(
      'scope is no key of this table',
    );
  });
});

describe('a folder of further tables', () => {
  it('adds rows, replaces rows of the same key, and puts its list entries first', () => {
    const own = { name: 'own-tool', class: 'iac_pipeline', field: 'userAgent', contains: 'own/' };
    const row = { effect: 'update', targets: [] };
    write('providers/aws/actors.json', { signals: [own] });
    write('providers/aws/events.json', { runtime: ['own:Ping'] });
    write('providers/aws/operations.json', { 'own:Set': row, 'ec2:RunInstances': row });
    const aws = awsWith();
    expect(aws.actors.signals[0]).toEqual(own);
    expect(aws.actors.signals.length).toBeGreaterThan(10);
    expect(aws.actors.ssoRolePrefix).toBe('AWSReservedSSO_');
    expect(aws.operations.runtime[0]).toBe('own:Ping');
    expect(aws.operations.runtime).toContain('ssm:PutInventory');
    expect(aws.operations.rows['own:Set']).toEqual(row);
    expect(aws.operations.rows['ec2:RunInstances']).toEqual(row);
    expect(aws.operations.rows['ec2:TerminateInstances']).toBeDefined();
  });

  it('merges scores one by one, its environments first', () => {
    const attribute = { match: 'aws_x', score: 9, reason: 'own' };
    write('severity.json', {
      kinds: { deleted: 50 },
      environments: { 'prod-test': 0 },
      attributes: [attribute],
    });
    const shipped = readProviderTables('config').severity;
    const { severity } = readProviderTables('config', folder);
    expect(severity.kinds).toEqual({ ...shipped.kinds, deleted: 50 });
    expect(Object.keys(severity.environments)[0]).toBe('prod-test');
    expect(severity.environments['prod*']).toBe(shipped.environments['prod*']);
    expect(severity.attributes).toEqual([attribute, ...shipped.attributes]);
    expect(severity.levels).toEqual(shipped.levels);
  });

  it('may bring a provider of its own, whole', () => {
    const shipped = join(folder, 'shipped');
    const own = join(folder, 'own');
    write('shipped/providers/aws/resource-types.json', {});
    for (const file of ['severity.json', 'attack-techniques.json']) {
      cpSync(`config/${file}`, join(shipped, file));
    }
    write('own/providers/terraform/actors.json', { signals: [] });
    expect(faultsOf(() => readProviderTables(shipped, own))).toEqual([
      'own/providers/terraform/events.json  is missing',
    ]);
    const events = { serviceSuffix: '', readPrefixes: [], createPrefixes: [], deletePrefixes: [] };
    write('own/providers/terraform/events.json', { ...events, runtime: [] });
    const { tables } = readProviderTables(shipped, own);
    expect(tables.get('terraform')).toMatchObject({ operations: { rows: {} }, resourceTypes: {} });
  });
});

describe('a faulty table', () => {
  const signal = { name: 'n', class: 'console', field: 'userAgent' };

  it.each([
    ['providers/aws/events.json', '{', 'providers/aws/events.json  is not JSON'],
    ['providers/aws/events.json', [], 'must be an object'],
    ['providers/aws/events.json', { runtime: ['x'] }, 'runtime[0] must be `service:Operation`'],
    ['providers/aws/events.json', { readPrefix: [] }, 'readPrefix is no key of this table'],
    [
      'providers/aws/actors.json',
      { signals: [{ ...signal, class: 'x', equals: 'a' }] },
      'signals[0].class must be one of iac_pipeline',
    ],
    [
      'providers/aws/actors.json',
      { signals: [signal] },
      'signals[0] must have exactly one of matches, contains',
    ],
    [
      'providers/aws/actors.json',
      { signals: [{ ...signal, field: 'nope', equals: 'a' }] },
      'signals[0].field must be one of userAgent',
    ],
    [
      'providers/aws/actors.json',
      { signals: [{ ...signal, field: 'fromConsole', equals: 'true' }] },
      'signals[0].equals must be true or false',
    ],
    [
      'providers/aws/actors.json',
      { signals: [{ ...signal, equals: true }] },
      'signals[0].equals must be a text',
    ],
    [
      'providers/gcp/actors.json',
      { signals: [{ ...signal, class: 'cloud_service', contains: 'GoogleContainerEngine/' }] },
      'signals[0].field must name who acted: anybody can send a user agent',
    ],
    [
      'providers/kubernetes/actors.json',
      { signals: [{ ...signal, class: 'k8s_controller', contains: 'kube-controller-manager' }] },
      'signals[0].field must name who acted: anybody can send a user agent',
    ],
    [
      'providers/aws/operations.json',
      { 'ec2:X': { effect: 'make', targets: [] } },
      '["ec2:X"].effect must be one of create, update, delete',
    ],
    [
      'providers/aws/operations.json',
      { X: { effect: 'create', targets: [] } },
      'X as a key must be `service:Operation`',
    ],
    [
      'providers/aws/operations.json',
      { 'a:B': { effect: 'create' } },
      '["a:B"].targets is missing',
    ],
    [
      'providers/aws/operations.json',
      {
        'a:B': {
          effect: 'update',
          targets: [{ type: 't', id: '{request.x}', changes: [{ path: 'p' }] }],
        },
      },
      '["a:B"].targets[0].changes[0] must have exactly one of from, value',
    ],
    [
      'providers/aws/resource-types.json',
      { aws_x: { attributes: { a: 'same' } } },
      'aws_x.attributes.a must be one of',
    ],
    ['providers/aws/notes.json', {}, 'providers/aws/notes.json  is no table of a provider'],
    ['providers/aw/events.json', {}, 'providers/aw  is no provider that is known here (known: aws'],
    [
      'providers/aws/resource-types.json',
      { aws_x: { forms: [{ match: '(', as: '$1' }] } },
      'aws_x.forms[0].match must be a regular expression',
    ],
    [
      'providers/aws/resource-types.json',
      { aws_x: { elsewhere: { a: 'b[x]' } } },
      'aws_x.elsewhere.a must be paths',
    ],
    ['severity.json', { publicScore: '30' }, 'publicScore must be a number'],
    ['severity.json', { kinds: { moved: 3 } }, 'kinds.moved as a key must be one of changed'],
    [
      'severity.json',
      { levels: { informational: 0, low: 50, medium: 40, high: 60, critical: 80 } },
      'levels must rise',
    ],
  ])('%s with %j says what is wrong and where', (path, content, expected) => {
    write(path, content);
    expect(faultsOf(() => readProviderTables('config', folder)).join('\n')).toContain(expected);
  });

  it('does not hide the others', () => {
    write('providers/aws/events.json', { runtime: ['x', 'y'] });
    write('severity.json', { publicScore: 'a' });
    expect(faultsOf(() => readProviderTables('config', folder))).toHaveLength(3);
  });

  it('is also a folder that is not there', () => {
    const absent = join(folder, 'absent');
    expect(faultsOf(() => readProviderTables('config', absent))).toEqual([
      'absent  cannot be read: ENOENT',
    ]);
    expect(faultsOf(() => readProviderTables(absent)).join()).toContain(
      'severity.json  cannot be read: ENOENT',
    );
  });
});

describe('the table of techniques', () => {
  it('is extended by rows of own, which need names that are there', () => {
    const row = { technique: 'T1485', deleted: ['own_thing'] };
    write('attack-techniques.json', { rows: [row] });
    expect(readProviderTables('config', folder).attacks.rows[0]).toEqual(row);
    write('attack-techniques.json', { rows: [{ technique: 'T9999', deleted: ['own_thing'] }] });
    expect(faultsOf(() => readProviderTables('config', folder)).join()).toContain('names T9999');
    write('attack-techniques.json', { rows: [{ technique: 'T1485' }] });
    expect(faultsOf(() => readProviderTables('config', folder)).join()).toContain(
      'must have one of operations, attributes, deleted, created',
    );
  });
});

describe('wildcards of the severity table', () => {
  it('have values where they are listed, and only there', () => {
    const row = { key: 'role', match: 'listed', score: 10, reason: 'x' };
    write('severity.json', { wildcards: [row, { ...row, match: 'all', values: ['y'] }] });
    const faults = faultsOf(() => readProviderTables('config', folder));
    expect(faults.filter((fault) => fault.includes('must have values where'))).toHaveLength(2);
  });
});
