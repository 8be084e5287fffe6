import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/config-error.ts';
import {
  loadConfig,
  resolveConfig,
  unknownVariables,
  type ConfigSources,
} from '../../../src/config/load-config.ts';
import { showConfig } from '../../../src/config/show-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const fileOf = (content: unknown): string => {
  const file = join(folder, `${(files += 1)}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const yamlOf = (text: string): string => {
  const file = join(folder, `${(files += 1)}.yaml`);
  writeFileSync(file, text);
  return file;
};

/** A list of lists of lists: thousands of values in some lines. */
const ALIASES = [
  'a: &a [1, 2]',
  ...'bcdefghi'.split('').map((name, position) => {
    const before = 'abcdefgh'[position];
    return `${name}: &${name} [*${before}, *${before}, *${before}, *${before}]`;
  }),
].join('\n');

const errorOf = (sources: Partial<ConfigSources>): ConfigError => {
  try {
    loadConfig({ env: {}, ...sources });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

const issuesOf = (sources: Partial<ConfigSources>): readonly string[] =>
  errorOf(sources).issues.map(({ key, origin }) => `${key} ${origin.kind}`);

describe('the sources', () => {
  it('are the same for a file in YAML, by its name', () => {
    const file = yamlOf('# why\nhttp: { port: 1 }\nkafka:\n  brokers: [a:1, b:2]\n');
    const { http, kafka } = loadConfig({ env: {}, file });
    expect([http.port, kafka.brokers]).toEqual([1, ['a:1', 'b:2']]);
  });

  it('may name the schema of the file for editors', () => {
    const file = fileOf({ $schema: './driftline.schema.json', http: { port: 1 } });
    expect(loadConfig({ env: {}, file }).http.port).toBe(1);
  });

  it('are defaults, then file, then environment, then flags', () => {
    const file = fileOf({ http: { port: 1, host: 'file' }, log: { level: 'debug' } });
    const env = { DRIFTLINE_HTTP_PORT: '2', DRIFTLINE_HTTP_HOST: 'env' };
    const { config, origins } = resolveConfig({ file, env, flags: { 'http.port': '3' } });
    expect(config.http).toMatchObject({ port: 3, host: 'env' });
    expect(config.log.level).toBe('debug');
    expect(config.kafka.groupId).toBe('driftline');
    expect(
      ['http.port', 'http.host', 'log.level', 'kafka.groupId'].map((key) => origins.get(key)),
    ).toEqual([
      { kind: 'flag', name: 'http.port' },
      { kind: 'environment', name: 'DRIFTLINE_HTTP_HOST' },
      { kind: 'file', name: file },
      { kind: 'default' },
    ]);
  });

  it('give a frozen configuration, undefined where an optional key is not set', () => {
    const config = loadConfig({ env: { DRIFTLINE_KAFKA_BROKERS: ' a:1 , b:2,' } });
    expect(config.kafka.brokers).toEqual(['a:1', 'b:2']);
    expect(config.opensearch.retry.patienceMs).toBeUndefined();
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => (config.kafka.brokers as string[]).push('c:3')).toThrow(TypeError);
  });

  it('take an empty variable for one that is not set', () => {
    expect(loadConfig({ env: { DRIFTLINE_HTTP_PORT: '' } }).http.port).toBe(9464);
  });

  it('name variables that set nothing', () => {
    const env = {
      DRIFTLINE_HTTP_PROT: '1',
      DRIFTLINE_HTTP_PORT: '1',
      DRIFTLINE_STACK_X: '1',
      HOME: '/',
    };
    expect(unknownVariables(env)).toEqual(['DRIFTLINE_HTTP_PROT']);
  });

  it('name no variable that is meant for something else than the configuration', () => {
    const others = {
      DRIFTLINE_DEBUG: '1',
      DRIFTLINE_CI_RUN: '1',
      DRIFTLINE_CONFIG_FILE: 'driftline.yaml',
      DRIFTLINE_TEST_STACK_KEEP: '1',
      DRIFTLINE_FAULT_RECORDS: '1',
      DRIFTLINE_PORT: 'tcp://10.0.0.1:9464',
      DRIFTLINE_PORT_9464_TCP_ADDR: '10.0.0.1',
      DRIFTLINE_SERVICE_HOST: '10.0.0.1',
      DRIFTLINE_SERVICE_PORT_HTTP: '9464',
    };
    expect(unknownVariables(others)).toEqual([]);
    const misspelt = {
      DRIFTLINE_KAFKA_BROKERZ: 'x',
      DRIFTLINE_PORT: '9464',
      DRIFTLINE_DEBUGG: '1',
    };
    expect(unknownVariables(misspelt)).toEqual(Object.keys(misspelt).sort());
  });
});

describe('a value that is wrong', () => {
  it.each([
    ['DRIFTLINE_HTTP_PORT', '12abc'],
    ['DRIFTLINE_HTTP_PORT', '65536'],
    ['DRIFTLINE_HTTP_PORT', '-1'],
    ['DRIFTLINE_HTTP_PORT', '1.5'],
    ['DRIFTLINE_KAFKA_SSL_ENABLED', '0'],
    ['DRIFTLINE_KAFKA_SSL_ENABLED', 'yes'],
    ['DRIFTLINE_KAFKA_BROKERS', ','],
    ['DRIFTLINE_KAFKA_BROKERS', 'a:1,b'],
    ['DRIFTLINE_KAFKA_BROKERS', 'a:99999'],
    ['DRIFTLINE_KAFKA_BROKERS', 'user@a:1'],
    ['DRIFTLINE_KAFKA_TOPICS_AUDIT_EVENTS', 'a b'],
    ['DRIFTLINE_KAFKA_TOPICS_AUDIT_EVENTS', '..'],
    ['DRIFTLINE_KAFKA_SASL_MECHANISM', 'PLAIN'],
    ['DRIFTLINE_OPENSEARCH_NODES', 'localhost:9200'],
    ['DRIFTLINE_OPENSEARCH_NODES', 'http://u:p@a'],
    ['DRIFTLINE_OPENSEARCH_NODES', 'file:///etc/passwd'],
    ['DRIFTLINE_OPENSEARCH_INDEXES_AUDIT_EVENTS', 'Audit'],
    ['DRIFTLINE_OPENSEARCH_INDEXES_AUDIT_EVENTS', '*'],
    ['DRIFTLINE_UNIT_MAX_BYTES', '1MiB'],
    ['DRIFTLINE_UNIT_MAX_RECORDS', '0'],
    ['DRIFTLINE_SHUTDOWN_GRACE_MS', '1e9'],
    ['DRIFTLINE_LOG_LEVEL', 'verbose'],
    ['DRIFTLINE_KAFKA_GROUP_ID', ' '],
  ])('%s=%s is refused by key and variable', (name, value) => {
    const { issues, message } = errorOf({ env: { [name]: value } });
    expect(issues).toMatchObject([{ origin: { kind: 'environment', name } }]);
    expect(message).toContain(name);
    expect(message).not.toContain(`${value}:`);
  });

  it('is listed with all others', () => {
    const file = fileOf({ kafka: { sessionTimeoutMs: 'soon' }, records: { maxDepth: 0 } });
    expect(
      issuesOf({ file, env: { DRIFTLINE_HTTP_PORT: 'x' }, flags: { 'log.level': 'y' } }),
    ).toEqual([
      'kafka.sessionTimeoutMs file',
      'records.maxDepth file',
      'http.port environment',
      'log.level flag',
    ]);
  });

  it('is refused where a key without default is null in the file', () => {
    expect(issuesOf({ file: fileOf({ http: { port: null } }) })).toEqual(['http.port file']);
    expect(issuesOf({ file: fileOf({ http: null }) })).toEqual(['http file']);
    expect(
      loadConfig({ env: {}, file: fileOf({ registry: { url: null } }) }).registry.url,
    ).toBeUndefined();
  });
});

describe('a file', () => {
  it.each([
    ['a key that is unknown', { http: { prot: 1 } }, 'http.prot'],
    ['a section that is unknown', { htpp: {} }, 'htpp'],
    ['a value for a section', { kafka: 5 }, 'kafka'],
    ['a list for a section', { kafka: [] }, 'kafka'],
    ['an object for a value', { http: { port: { a: { b: 1 } } } }, 'http.port'],
    ['a key that a prototype has', '{"http":{"constructor":1}}', 'http.constructor'],
    ['__proto__', '{"__proto__":{"http":{}}}', '__proto__'],
  ])('with %s is refused', (_name, content, key) => {
    expect(issuesOf({ file: fileOf(content) })).toEqual([`${key} file`]);
  });

  it.each([
    ['is not there', '/nonexistent/driftline.json', 'ENOENT'],
    [
      'is not JSON',
      fileOf('{"opensearch":{\n"password":"hunter2",}}'),
      'not JSON: line 2, column 22',
    ],
    ['holds no object', fileOf('[]'), 'one object'],
    ['is not YAML', yamlOf('opensearch: { password: hunter2'), 'not YAML: line 1'],
    ['expands without bound', yamlOf(ALIASES), 'aliases'],
  ])('that %s is refused', (_name, file, words) => {
    const { message } = errorOf({ file });
    expect(message).toContain(file);
    expect(message).toContain(words);
    expect(message).not.toContain('hunter2');
  });

  it('is no way around an unknown flag', () => {
    expect(issuesOf({ flags: { 'http.prot': '1' } })).toEqual(['http.prot flag']);
  });
});

describe('a secret', () => {
  const env = { DRIFTLINE_OPENSEARCH_USERNAME: 'u' };

  it('may stand in a file of its own', () => {
    const passwordFile = fileOf('hunter2\n');
    const config = loadConfig({
      env: { ...env, DRIFTLINE_OPENSEARCH_PASSWORD_FILE: passwordFile },
    });
    expect(config.opensearch).toMatchObject({ password: 'hunter2', passwordFile });
  });

  it.each([
    [
      'in both places',
      { DRIFTLINE_OPENSEARCH_PASSWORD: 'hunter2', DRIFTLINE_OPENSEARCH_PASSWORD_FILE: fileOf('x') },
    ],
    ['in a file that is not there', { DRIFTLINE_OPENSEARCH_PASSWORD_FILE: '/nonexistent' }],
    ['in a file that is empty', { DRIFTLINE_OPENSEARCH_PASSWORD_FILE: fileOf('\n') }],
  ])('is refused %s', (_name, more) => {
    const error = errorOf({ env: { ...env, ...more } });
    expect(error.issues.map(({ key }) => key)).toEqual(['opensearch.passwordFile']);
    expect(error.message).not.toContain('hunter2');
  });

  it('is shown masked, and told apart from one that is not set', () => {
    const text = showConfig(
      resolveConfig({ env: { ...env, DRIFTLINE_OPENSEARCH_PASSWORD: 'hunter2' } }),
      true,
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain(
      'opensearch.password = "********"  (environment variable DRIFTLINE_OPENSEARCH_PASSWORD)',
    );
    expect(text).toContain('registry.password = not set  (default)');
  });
});

describe('keys that do not go together', () => {
  it.each([
    [
      'heartbeats as long as a session',
      { 'kafka.heartbeatIntervalMs': '45000' },
      'kafka.sessionTimeoutMs',
    ],
    [
      'a certificate without its key',
      { 'kafka.ssl.enabled': 'true', 'kafka.ssl.certFile': 'a' },
      'kafka.ssl.keyFile',
    ],
    ['TLS files without TLS', { 'kafka.ssl.caFile': 'a' }, 'kafka.ssl.enabled'],
    ['a SASL user without mechanism', { 'kafka.sasl.username': 'a' }, 'kafka.sasl.mechanism'],
    ['a user without password', { 'registry.username': 'a' }, 'registry.password'],
    ['one topic twice', { 'kafka.topics.deadLetters': 'audit.events' }, 'kafka.topics'],
    [
      'one index twice',
      { 'opensearch.indexes.desiredState': 'audit-events' },
      'opensearch.indexes',
    ],
    [
      'a first delay above the last',
      { 'opensearch.retry.initialDelayMs': '60000' },
      'opensearch.retry.initialDelayMs',
    ],
    ['a short hash key', { 'desired.hashKey': 'short' }, 'desired.hashKey'],
  ])('%s', (_name, flags, key) => {
    expect(errorOf({ flags }).issues.map((issue) => issue.key)).toEqual([key]);
  });
});

describe('a file that cannot be used', () => {
  it.each([
    ['kafka.ssl.caFile', {}],
    ['kafka.ssl.certFile', { 'kafka.ssl.keyFile': import.meta.filename }],
    ['kafka.ssl.keyFile', { 'kafka.ssl.certFile': import.meta.filename }],
    ['opensearch.caFile', {}],
    ['registry.caFile', {}],
  ])('is refused with its key: %s', (key, more) => {
    const ssl = { 'kafka.ssl.enabled': 'true', 'opensearch.nodes': 'https://search:9200' };
    expect(errorOf({ flags: { ...ssl, ...more, [key]: '/nope' } }).issues).toEqual([
      {
        key,
        message: 'names a file that cannot be read: ENOENT',
        origin: { kind: 'flag', name: key },
      },
    ]);
  });
});
