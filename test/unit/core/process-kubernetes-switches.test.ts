import { describe, expect, it } from 'vitest';
import { processEvent } from '../../../src/core/process-event.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { kubernetesEventWith } from '../../support/kubernetes-records.ts';
import { desiredResource, secretHash, webResource } from './detect/objects/owned-object.ts';
import { contextOf } from './sample-context.ts';

const process = (
  fields: Readonly<Record<string, unknown>>,
  owned: readonly DesiredResource[] = [webResource],
): ProcessedEvent => processEvent(kubernetesEventWith(fields), contextOf(owned, { secretHash }));

const told = ({ outcome, reason, candidates }: ProcessedEvent) => [
  outcome,
  reason,
  ...candidates.map(({ kind, resource }) => `${kind} ${resource.identity}`),
];

const web = 'kubernetes:apps/deployments/shop/web';

describe('annotations of a tool that people set', () => {
  it.each([
    'argocd.argoproj.io/sync-options',
    'argocd.argoproj.io/skip-reconcile',
    'kustomize.toolkit.fluxcd.io/reconcile',
    'helm.toolkit.fluxcd.io/driftDetection',
  ])('are no mark of the tool: %s', (name) => {
    const requestObject = { metadata: { annotations: { [name]: 'disabled' } } };
    expect(told(process({ requestObject }))).toEqual([
      'candidate',
      'outside_code',
      `changed ${web}`,
    ]);
  });

  it('are told from the marks that the tool makes', () => {
    const requestObject = { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } } };
    expect(told(process({ requestObject }))).toEqual(['runtime', 'server_parts']);
  });
});

describe('a rollout that is restarted', () => {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-03-10T10:00:00Z' };
  const restart = (template: object, more: object = {}) =>
    told(process({ requestObject: { spec: { template, ...more } } }));

  it('is no act on configuration', () => {
    expect(restart({ metadata: { annotations } })).toEqual(['runtime', 'server_parts']);
  });

  it.each<[string, object, object]>([
    ['an annotation', { metadata: { annotations: { ...annotations, team: 'x' } } }, {}],
    ['a label', { metadata: { annotations, labels: { team: 'x' } } }, {}],
    [
      'an image',
      { metadata: { annotations }, spec: { containers: [{ name: 'web', image: 'x' }] } },
      {},
    ],
    ['replicas', { metadata: { annotations } }, { replicas: 9 }],
  ])('is one where it sets %s, too', (_, template, more) => {
    expect(restart(template, more)).toEqual(['candidate', 'outside_code', `changed ${web}`]);
  });

  it('tells nothing of the mark beside what else is set', () => {
    const template = { metadata: { annotations: { ...annotations, team: 'x' } } };
    const { candidates } = process({ requestObject: { spec: { template } } });
    expect(candidates[0]?.changes.map(({ path }) => path).join()).not.toContain('restartedAt');
  });

  it('is none as a JSON patch either', () => {
    const path = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt';
    const requestObject = [{ op: 'add', path, value: 'now' }];
    expect(told(process({ requestObject }))).toEqual(['runtime', 'server_parts']);
  });
});

describe('a namespace that lets pods do more', () => {
  it('weighs more than its labels', () => {
    const namespace = 'kubernetes:core/namespaces//shop';
    const label = 'pod-security.kubernetes.io/enforce';
    const { candidates } = process(
      {
        objectRef: { resource: 'namespaces', namespace: 'shop', name: 'shop' },
        requestObject: { metadata: { labels: { [label]: 'privileged' } } },
      },
      [
        desiredResource(
          namespace,
          { apiVersion: 'v1', kind: 'Namespace', metadata: { labels: { [label]: 'restricted' } } },
          { type: 'kubernetes_namespace' },
        ),
      ],
    );
    expect(candidates).toMatchObject([
      { changes: [{ path: `metadata.labels.${label}` }], severity: { level: 'high' } },
    ]);
  });
});
