import { dirname } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import {
  CAN_CONFORM,
  HELM,
  conformChart,
  lintChart,
  renderChart,
  type KubernetesObject,
} from '../support/helm-chart.ts';

/** The schemas of the API servers, by kind. */
const KINDS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ConfigMap,
  Deployment,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  ScaledObject,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet,
};

const ALL = {
  config: {
    kafka: { brokers: ['b-1:9094', 'b-2:9094'], groupId: 'drift' },
    opensearch: { nodes: ['https://search:9200'], username: 'driftline' },
  },
  secrets: {
    existingSecret: 'driftline-secrets',
    files: { OPENSEARCH_PASSWORD_FILE: 'opensearch-password' },
  },
  files: { '.driftignore': '# none\n' },
  autoscaling: { enabled: true, authenticationRef: 'kafka', metadata: { tls: 'enable' } },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  networkPolicy: { metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }] },
  serviceAccount: { annotations: { team: 'soc' } },
  tolerations: [{ key: 'audit', operator: 'Exists' }],
  podLabels: { team: 'soc' },
  desiredIndex: { enabled: true },
  desiredWatches: [
    {
      name: 'prod',
      environment: 'prod',
      states: ['s3://states/prod/', '/etc/driftline/files/one.tfstate'],
      args: ['--interval', '5m'],
      serviceAccountName: 'state-reader',
      extraEnv: [{ name: 'AWS_REGION', value: 'eu-central-1' }],
    },
    {
      name: 'staging',
      environment: 'staging',
      states: ['s3://states/staging/'],
      secrets: {
        existingSecret: 'watch-secrets',
        files: { KAFKA_SASL_PASSWORD_FILE: 'watch-password' },
      },
    },
  ],
};

const named = (
  objects: readonly KubernetesObject[],
  kind: string,
  name: string,
): KubernetesObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};

const of = (objects: readonly KubernetesObject[], kind: string): KubernetesObject => {
  const found = objects.find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
};

interface PodSpec {
  readonly securityContext: object;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly securityContext: object;
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    readonly livenessProbe?: { readonly httpGet: { readonly path: string } };
    readonly readinessProbe?: { readonly httpGet: { readonly path: string } };
  }[];
  readonly volumes: readonly { readonly name: string }[];
}

const podOf = (object: KubernetesObject): PodSpec =>
  (object.spec?.['template'] as { readonly spec: PodSpec }).spec;

describe.skipIf(HELM === undefined)('the Helm chart (needs helm: npm run chart:tools)', () => {
  it.each(['StatefulSet', 'Deployment'])(
    'renders objects as %s that the API server would take',
    (kind) => {
      for (const values of [{ kind }, { ...ALL, kind }]) {
        const objects = renderChart(values);
        expect(objects.length).toBeGreaterThanOrEqual(7);
        for (const object of objects) {
          const Kind = KINDS[object.kind];
          expect(Kind, object.kind).toBeDefined();
          if (Kind !== undefined) new Kind(object as never).validate();
        }
        expect(objects.some((object) => object.kind === kind)).toBe(true);
      }
    },
  );

  it('passes the strict lint', () => {
    expect(lintChart(ALL)).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('gives the service a configuration that it takes, with secrets as files', () => {
    const objects = renderChart(ALL);
    const text = of(objects, 'ConfigMap').data?.['driftline.json'] ?? '';
    const { brokers, groupId } = loadConfig({
      env: { DRIFTLINE_OPENSEARCH_PASSWORD: 'x' },
      flags: Object.fromEntries(
        Object.entries(JSON.parse(text) as Record<string, Record<string, unknown>>).flatMap(
          ([section, keys]) =>
            Object.entries(keys).map(([key, value]) => [`${section}.${key}`, String(value)]),
        ),
      ),
    }).kafka;
    expect({ brokers, groupId }).toEqual({ brokers: ['b-1:9094', 'b-2:9094'], groupId: 'drift' });
    const [container] = podOf(of(objects, 'StatefulSet')).containers;
    expect(container?.env).toContainEqual({
      name: 'DRIFTLINE_OPENSEARCH_PASSWORD_FILE',
      value: '/etc/driftline/secrets/opensearch-password',
    });
  });

  it('runs without rights, on a read-only root file system, and asks both probes', () => {
    for (const object of renderChart(ALL)) {
      if (!['StatefulSet', 'Deployment', 'Job'].includes(object.kind)) continue;
      const pod = podOf(object);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
      expect(pod.automountServiceAccountToken).toBe(false);
      for (const { securityContext, volumeMounts } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(volumeMounts.map(({ mountPath }) => mountPath)).toContain('/tmp');
      }
    }
    const [container] = podOf(of(renderChart({}), 'StatefulSet')).containers;
    expect(container?.livenessProbe?.httpGet.path).toBe('/livez');
    expect(container?.readinessProbe?.httpGet.path).toBe('/readyz');
  });

  it('runs the set-up with a user and an account of its own where they are given', () => {
    const secret = (values: object): unknown =>
      podOf(of(renderChart(values), 'Job')).volumes.find(({ name }) => name === 'secrets');
    expect(secret(ALL)).toMatchObject({ secret: { secretName: 'driftline-secrets' } });
    const values = {
      ...ALL,
      setup: {
        serviceAccountName: 'operator',
        secrets: {
          existingSecret: 'operator-secrets',
          files: { OPENSEARCH_PASSWORD_FILE: 'operator-password' },
        },
      },
    };
    expect(secret(values)).toMatchObject({ secret: { secretName: 'operator-secrets' } });
    const objects = renderChart(values);
    const pod = podOf(of(objects, 'Job'));
    expect(pod).toMatchObject({ serviceAccountName: 'operator' });
    expect(pod.containers[0]?.env).toContainEqual({
      name: 'DRIFTLINE_OPENSEARCH_PASSWORD_FILE',
      value: '/etc/driftline/secrets/operator-password',
    });
    expect(podOf(of(objects, 'StatefulSet')).volumes).toContainEqual(
      expect.objectContaining({
        secret: expect.objectContaining({ secretName: 'driftline-secrets' }),
      }),
    );
  });

  it('gives all of them the variables of the service, and each those of its own', () => {
    const own = (component: string) => [{ name: 'HTTPS_PROXY', value: `http://${component}:3128` }];
    const [watch] = ALL.desiredWatches;
    const objects = renderChart({
      ...ALL,
      extraEnv: [{ name: 'AWS_REGION', value: 'eu-central-1' }],
      setup: { extraEnv: own('setup') },
      desiredIndex: { enabled: true, extraEnv: own('index') },
      desiredWatches: [{ ...watch, extraEnv: own('watch') }],
    });
    const added = (object: KubernetesObject): readonly unknown[] =>
      (podOf(object).containers[0]?.env ?? []).slice(-2).map(({ value }) => value);
    expect(added(of(objects, 'StatefulSet')).at(-1)).toBe('eu-central-1');
    for (const [object, component] of [
      [of(objects, 'Job'), 'setup'],
      [named(objects, 'Deployment', 'prod-driftline-index'), 'index'],
      [named(objects, 'Deployment', 'prod-driftline-watch-prod'), 'watch'],
    ] as const) {
      expect(added(object)).toEqual(['eu-central-1', `http://${component}:3128`]);
    }
  });

  it('tells commands that are run in a pod by hand where the configuration is', () => {
    for (const object of renderChart(ALL)) {
      if (!['StatefulSet', 'Deployment'].includes(object.kind)) continue;
      const [container] = podOf(object).containers;
      const file = container?.env.find(({ name }) => name === 'DRIFTLINE_CONFIG_FILE')?.value;
      expect(container?.args).toContain(file);
      expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toContain(
        dirname(file ?? ''),
      );
    }
  });

  it('runs the index and the watches of desired state beside the service, where they are asked for', () => {
    const none = renderChart({}).map(({ kind }) => kind);
    expect(none).not.toContain('Deployment');
    const objects = renderChart(ALL);
    const containerOf = (name: string) => podOf(named(objects, 'Deployment', name)).containers[0];
    const config = ['--config', '/etc/driftline/config/driftline.json'];
    expect(containerOf('prod-driftline-index')?.args).toEqual(['desired', 'index', ...config]);
    const [first, second] = ['prod', 'staging'].map((name) => `prod-driftline-watch-${name}`);
    expect(containerOf(first ?? '')?.args).toEqual([
      ...['desired', 'watch', 's3://states/prod/', '/etc/driftline/files/one.tfstate'],
      ...['--env', 'prod', '--interval', '5m', ...config],
    ]);
    expect(podOf(named(objects, 'Deployment', first ?? ''))).toMatchObject({
      serviceAccountName: 'state-reader',
    });
    expect(containerOf(first ?? '')?.env).toContainEqual({
      name: 'AWS_REGION',
      value: 'eu-central-1',
    });
    for (const [name, secretName] of [
      ['prod-driftline-index', 'driftline-secrets'],
      [first ?? '', 'driftline-secrets'],
      [second ?? '', 'watch-secrets'],
    ] as const) {
      expect(podOf(named(objects, 'Deployment', name)).volumes).toContainEqual(
        expect.objectContaining({
          secret: expect.objectContaining({ secretName }) as unknown,
        }),
      );
      expect(containerOf(name)?.readinessProbe?.httpGet.path).toBe('/readyz');
    }
  });

  it('lets no selector of the service take what runs beside it, and those of the cluster all of it', () => {
    const objects = renderChart(ALL);
    interface Selector {
      readonly matchLabels: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly {
        readonly key: string;
        readonly values: readonly string[];
      }[];
    }
    const takes = (
      { matchLabels, matchExpressions = [] }: Selector,
      labels: Readonly<Record<string, string>>,
    ): boolean =>
      Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
      matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''));
    const workloads = objects.filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind));
    const labelsOf = (object: KubernetesObject): Readonly<Record<string, string>> =>
      (object.spec?.['template'] as Pick<KubernetesObject, 'metadata'>).metadata.labels;
    expect(workloads).toHaveLength(4);
    for (const workload of workloads) {
      const taken = workloads.filter((other) =>
        takes(workload.spec?.['selector'] as Selector, labelsOf(other)),
      );
      expect(taken).toEqual([workload]);
      const policy = of(objects, 'NetworkPolicy').spec?.['podSelector'] as Selector;
      expect(takes(policy, labelsOf(workload))).toBe(true);
      const services = objects.filter(
        ({ kind, spec }) =>
          kind === 'Service' &&
          takes(
            { matchLabels: spec?.['selector'] as Readonly<Record<string, string>> },
            labelsOf(workload),
          ),
      );
      expect(services).toHaveLength(1);
      const monitor = of(objects, 'ServiceMonitor').spec?.['selector'] as Selector;
      expect(takes(monitor, services[0]?.metadata.labels ?? {})).toBe(true);
    }
    const budget = of(objects, 'PodDisruptionBudget').spec?.['selector'] as Selector;
    expect(workloads.filter((workload) => takes(budget, labelsOf(workload)))).toHaveLength(1);
  });

  it('gives a member longer to end than it takes for itself', () => {
    const { shutdown } = loadConfig({ env: {} });
    const closing = 10_000;
    const seconds = podOf(of(renderChart({}), 'StatefulSet')).terminationGracePeriodSeconds ?? 0;
    expect(seconds * 1000).toBeGreaterThan(shutdown.graceMs + closing);
  });

  it('exchanges no member for what it takes while it runs, and each for any other key', () => {
    const checksum = (config: object): unknown => {
      const template = of(renderChart({ ...ALL, config }), 'StatefulSet').spec?.['template'];
      return (template as { readonly metadata: { readonly annotations: object } }).metadata
        .annotations;
    };
    const { config } = ALL;
    const before = checksum(config);
    const trust = { trustedPrincipals: ['arn:aws:iam::*:role/apply'] };
    expect(checksum({ ...config, log: { level: 'debug' }, detection: trust })).toEqual(before);
    expect(checksum({ ...config, unit: { maxRecords: 10 } })).not.toEqual(before);
    const classes = { ...trust, candidateClasses: ['cloud_service'] };
    expect(checksum({ ...config, detection: classes })).not.toEqual(before);
    expect(checksum({ ...config, detection: { ...classes, trustedPrincipals: [] } })).toEqual(
      checksum({ ...config, detection: classes }),
    );
  });

  it('leaves the number of members to KEDA, which asks for the lag of the configured group', () => {
    const objects = renderChart(ALL);
    expect(of(objects, 'StatefulSet').spec).not.toHaveProperty('replicas');
    expect(of(objects, 'ScaledObject').spec).toMatchObject({
      minReplicaCount: 1,
      triggers: [
        {
          type: 'kafka',
          metadata: {
            bootstrapServers: 'b-1:9094,b-2:9094',
            consumerGroup: 'drift',
            topic: 'audit.events',
            tls: 'enable',
          },
          authenticationRef: { name: 'kafka' },
        },
      ],
    });
  });

  it.each([
    ['a secret in the configuration', { config: { ...ALL.config, desired: { hashKey: 'x' } } }],
    [
      'a password for Kafka in the configuration',
      {
        config: { ...ALL.config, kafka: { ...ALL.config.kafka, sasl: { password: 'x' } } },
      },
    ],
    ['files of secrets without a Secret', { secrets: { files: ALL.secrets.files } }],
    [
      'a variable that the configuration does not have',
      { secrets: { existingSecret: 's', files: { OPENSEARCH_PASWORD_FILE: 'x' } } },
    ],
    ['an unknown value', { replica: 3 }],
    ['a watch without states', { desiredWatches: [{ name: 'a', environment: 'a', states: [] }] }],
    ['another kind', { kind: 'DaemonSet' }],
    ['no member at least', { autoscaling: { enabled: true, minReplicas: 0 } }],
  ])('refuses %s', (_what, values) => {
    expect(() => renderChart(values)).toThrow(/values don't meet the specifications of the schema/);
  });
});

describe.skipIf(!CAN_CONFORM)('the Helm chart (needs kubeconform: npm run chart:tools)', () => {
  it.each(['StatefulSet', 'Deployment'])(
    'has no field as %s that Kubernetes does not know',
    (kind) => {
      expect(conformChart({ ...ALL, kind })).toMatch(/Valid: 14, Invalid: 0, Errors: 0/);
    },
  );

  it('is looked at strictly', () => {
    const values = { tolerations: [{ keys: 'audit' }] };
    expect(conformChart(values)).toContain("additional properties 'keys' not allowed");
  });
});
