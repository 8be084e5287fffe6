import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KEYS } from '../../../src/config/schema.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { operationsFile } from '../../support/operations-files.ts';

const VARIABLES = new Set<string>(KEYS.map(([, key]) => key.env));

const variablesOf = (text: string): readonly string[] =>
  [...text.matchAll(/\bDRIFTLINE_(?!STACK_)[A-Z_]+/g)].map(([name]) => name);

interface ComposeService {
  readonly profiles?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly command?: readonly string[];
  readonly stop_grace_period?: string;
}

describe('what the service is deployed by', () => {
  it.each(['Dockerfile', 'compose.yaml', 'systemd/driftline.service'])(
    '%s sets variables that the configuration has',
    (file) => {
      const names = variablesOf(operationsFile(file)).filter((name) => !name.endsWith('_'));
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect([...VARIABLES]).toContain(name);
    },
  );

  it('compose starts set-up, service and what runs beside it with a configuration that is valid, on a read-only file system', () => {
    const { services } = parse(operationsFile('compose.yaml'), { merge: true }) as {
      readonly services: Readonly<Record<string, ComposeService>>;
    };
    for (const name of ['setup', 'driftline', 'desired-watch', 'desired-index']) {
      const service = services[name];
      expect(service).toMatchObject({ profiles: ['service'], read_only: true });
      const { kafka } = loadConfig({ env: service?.environment ?? {} });
      expect(kafka.brokers).toEqual(['kafka:19092']);
    }
    expect(services['dashboards']?.profiles).toEqual(['service']);
  });

  it('the image runs as nobody in particular and leaves the install scripts of packages alone', () => {
    const dockerfile = operationsFile('Dockerfile');
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    expect(dockerfile.match(/npm ci .*/g)).toEqual([
      'npm ci --ignore-scripts',
      'npm ci --omit=dev --omit=peer --ignore-scripts',
    ]);
    expect(dockerfile.match(/npm install .*/g)).toEqual([
      'npm install --no-save --ignore-scripts $EXTRA_PACKAGES; }',
    ]);
  });

  it('access tells of every optional package that the image can be built with', () => {
    const { peerDependenciesMeta } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as { readonly peerDependenciesMeta: object };
    const access = operationsFile('security.md');
    for (const name of Object.keys(peerDependenciesMeta)) expect(access).toContain(name);
  });

  it('the image holds every file that the program takes from its package', () => {
    const copied = [
      ...operationsFile('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm),
    ].flatMap(([, sources = '']) => sources.split(' '));
    const sent = [...operationsFile('Dockerfile.dockerignore').matchAll(/^!(.+)$/gm)].map(
      ([, path]) => path,
    );
    const parts = readFileSync(new URL('../../../src/compose-parts.ts', import.meta.url), 'utf8');
    const used = [...parts.matchAll(/packageFile\('([^']+)'\)/g)].map(([, path = '']) => path);
    expect(used.length).toBeGreaterThan(3);
    for (const path of used) {
      const isUnder = (folder = ''): boolean => path === folder || path.startsWith(`${folder}/`);
      expect(copied.some(isUnder), `COPY of ${path}`).toBe(true);
      expect(sent.some(isUnder), `build context has ${path}`).toBe(true);
    }
  });

  it('the runbook asks for no program that the image does not have, and Kafka for its brokers', () => {
    expect(operationsFile('Dockerfile')).toContain('/usr/local/bin/driftline');
    const runbook = operationsFile('RUNBOOK.md');
    const scripts = [
      ...`${runbook}${operationsFile('SIZING.md')}`.matchAll(/`(kafka-[a-z]+\.sh[^`]*)`/g),
    ];
    expect(scripts.length).toBeGreaterThan(2);
    for (const [, script] of scripts) expect(script).toContain('--bootstrap-server');
    for (const [test] of runbook.matchAll(/driftline ignore test [^`]*/g)) {
      expect(test).toContain('--desired');
    }
  });

  it('the unit goes on trying while the surroundings are away, and not with a bad configuration', () => {
    const unit = operationsFile('systemd/driftline.service');
    expect(unit).toMatch(/^StartLimitIntervalSec=0$/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=2$/m);
  });

  it('every supervisor waits longer for the end than the service takes', () => {
    const { shutdown } = loadConfig({ env: {} });
    const least = shutdown.graceMs / 1000 + 10;
    const unit = operationsFile('systemd/driftline.service');
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(least);
    const compose = operationsFile('compose.yaml');
    expect(Number(/stop_grace_period: (\d+)s/.exec(compose)?.[1])).toBeGreaterThan(least);
  });
});
