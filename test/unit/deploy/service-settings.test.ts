import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kafkaSettings, renderProperties } from '../../../deploy/local/kafka-settings.ts';
import {
  AUTO_CREATE_INDEX,
  opensearchSettings,
  renderYaml,
} from '../../../deploy/local/opensearch-settings.ts';
import { stackOptions } from '../../../deploy/local/options.ts';
import {
  KAFKA_VERSION,
  OPENSEARCH_VERSION,
  REGISTRY_VERSION,
} from '../../../deploy/local/versions.ts';

const OPTIONS = stackOptions(
  {},
  { dataDir: '/data/stack', kafkaPort: 1, controllerPort: 2, opensearchPort: 3 },
);
const COMPOSE = readFileSync(new URL('../../../deploy/compose.yaml', import.meta.url), 'utf8');

describe('kafkaSettings', () => {
  it('listens on loopback only, on the ports asked for', () => {
    expect(kafkaSettings(OPTIONS)['listeners']).toBe(
      'PLAINTEXT://127.0.0.1:1,CONTROLLER://127.0.0.1:2',
    );
    expect(kafkaSettings(OPTIONS)['controller.quorum.voters']).toBe('1@127.0.0.1:2');
  });

  it('sends the clients of a second listener back through a proxy', () => {
    const proxied = { ...OPTIONS, kafkaBehindProxy: { port: 4, advertisedPort: 5 } };
    const { listeners, 'advertised.listeners': advertised } = kafkaSettings(proxied);
    expect(listeners).toContain('PROXIED://127.0.0.1:4');
    expect(advertised).toBe('PLAINTEXT://127.0.0.1:1,PROXIED://127.0.0.1:5');
  });

  it('keeps its data in its own folder', () => {
    expect(kafkaSettings(OPTIONS)['log.dirs']).toBe('/data/stack/kafka/data');
  });
});

describe('renderProperties', () => {
  it('writes a line a setting and escapes backslashes', () => {
    expect(renderProperties({ a: true, 'b.c': 'C:\\x' })).toBe('a=true\nb.c=C:\\\\x\n');
  });
});

describe('opensearchSettings', () => {
  it('binds loopback on the port asked for', () => {
    expect(opensearchSettings(OPTIONS)).toMatchObject({
      'network.host': '127.0.0.1',
      'http.port': 3,
    });
  });
});

describe('renderYaml', () => {
  it('quotes texts and leaves numbers and booleans bare', () => {
    expect(renderYaml({ a: '-x,+*', b: 3, c: false })).toBe('a: "-x,+*"\nb: 3\nc: false\n');
  });
});

describe('the containers', () => {
  it('have the versions and the index rule of the processes', () => {
    expect(COMPOSE).toContain(`image: apache/kafka:${KAFKA_VERSION}\n`);
    expect(COMPOSE).toContain(`image: opensearchproject/opensearch:${OPENSEARCH_VERSION}\n`);
    expect(COMPOSE).toContain(`image: apicurio/apicurio-registry:${REGISTRY_VERSION}\n`);
    expect(COMPOSE).toContain(`action.auto_create_index: '${AUTO_CREATE_INDEX}'\n`);
  });

  it('publish their ports on loopback only', () => {
    const published = COMPOSE.match(/^ +- '[^']*:\d+'$/gm) ?? [];
    expect(published).toHaveLength(COMPOSE.match(/^ +ports:$/gm)?.length ?? 0);
    expect(published.every((line) => line.includes("'127.0.0.1:${DRIFTLINE_"))).toBe(true);
  });
});
