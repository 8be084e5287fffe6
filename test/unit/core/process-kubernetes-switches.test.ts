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
