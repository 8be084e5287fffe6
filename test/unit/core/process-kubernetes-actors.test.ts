import { describe, expect, it } from 'vitest';
import { processEvent } from '../../../src/core/process-event.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { kubernetesEventWith } from '../../support/kubernetes-records.ts';
import { secretHash, webResource } from './detect/objects/owned-object.ts';
import { contextOf } from './sample-context.ts';

const process = (
  fields: Readonly<Record<string, unknown>>,
  trustedPrincipals: readonly string[] = [],
): ProcessedEvent =>
  processEvent(
    kubernetesEventWith(fields),
    contextOf([webResource], { secretHash, trustedPrincipals }),
  );

const told = ({ outcome, reason }: ProcessedEvent) => [outcome, reason];

describe('a service account that has a name of a controller', () => {
  const by = (name: string): ProcessedEvent =>
    process({
      user: { username: `system:serviceaccount:${name}`, groups: [] },
      userAgent: 'controller/v1.0 (linux/amd64) kubernetes/$Format',
    });

  it.each(['shop:karpenter', 'gke-mine:default', 'gke-managed-systems:x', 'gke-connect:default'])(
    'is a tenant as %s, whom its namespace gives no exemption',
    (name) => {
      expect(by(name)).toMatchObject({ outcome: 'candidate', actor: { class: 'cli_sdk' } });
    },
  );

  it.each(['karpenter:karpenter', 'kube-system:karpenter', 'gke-managed-system:x'])(
    'is the controller as %s',
    (name) => {
      expect(by(name).outcome).toBe('service');
    },
  );
});

describe('the actor', () => {
  const argocd = 'system:serviceaccount:argocd:argocd-application-controller';

  it.each([
    ['system:serviceaccount:kube-system:replicaset-controller', 'service', 'k8s_controller'],
    ['system:serviceaccount:kube-system:horizontal-pod-autoscaler', 'service', 'k8s_controller'],
    ['system:kube-controller-manager', 'service', 'k8s_controller'],
    ['system:node:ip-10-0-0-1', 'service', 'k8s_controller'],
    ['system:serviceaccount:cert-manager:cert-manager', 'service', 'k8s_controller'],
    ['system:serviceaccount:cert-manager:backdoor', 'candidate', 'outside_code'],
    ['system:serviceaccount:kyverno:kyverno-background-controller', 'service', 'k8s_controller'],
    ['system:serviceaccount:kyverno:default', 'candidate', 'outside_code'],
    ['system:serviceaccount:keda:keda-operator', 'service', 'k8s_controller'],
    ['system:serviceaccount:keda:keda-operator-2', 'candidate', 'outside_code'],
    ['system:serviceaccount:external-secrets:default', 'candidate', 'outside_code'],
    ['system:serviceaccount:gatekeeper-system:default', 'candidate', 'outside_code'],
    ['system:serviceaccount:kube-system:default', 'candidate', 'outside_code'],
    ['eks:addon-manager', 'service', 'cloud_service'],
    ['aksService', 'service', 'cloud_service'],
    [argocd, 'candidate', 'iac_service_of_untrusted_principal'],
    ['system:serviceaccount:shop:default', 'candidate', 'outside_code'],
  ])('%s ends as %s', (username, outcome, reason) => {
    expect(told(process({ user: { username }, userAgent: 'x/1' }))).toEqual([outcome, reason]);
  });

  it('that code trusts makes no drift, and writes back what another changed', () => {
    const user = { username: argocd };
    const userAgent = 'argocd-application-controller/v2.11.0 (linux/amd64) kubernetes/$Format';
    const trusted = ['system:serviceaccount:argocd:*'];
    expect(told(process({ user, userAgent }, trusted))).toEqual(['iac', 'iac_service']);
  });

  it.each([
    [argocd, 'pipeline_identity_outside_iac_tool'],
    ['system:serviceaccount:kube-system:replicaset-controller', 'outside_code'],
  ])(
    'whose token somebody uses with kubectl is not taken for the controller: %s',
    (username, reason) => {
      const fields = { user: { username }, userAgent: 'kubectl/v1.30.0 (linux/amd64)' };
      const trusted = ['system:serviceaccount:argocd:*'];
      expect(told(process(fields, trusted))).toEqual(['candidate', reason]);
    },
  );

  it('that is the control plane stays so, whatever it runs', () => {
    for (const username of ['system:addon-manager', 'aksService', 'eks:addon-manager']) {
      const fields = { user: { username }, userAgent: 'kubectl/v1.30.0 (linux/amd64)' };
      expect(process(fields).outcome).toBe('service');
    }
  });

  it('is not hidden by whom it acts as', () => {
    const fields = { impersonatedUser: { username: argocd } };
    const { outcome, actor } = process(fields, ['system:serviceaccount:argocd:*']);
    expect(outcome).toBe('candidate');
    expect(actor).toMatchObject({
      trusted: false,
      principal: 'erin@example.com',
      name: `erin@example.com as ${argocd}`,
    });
    const behind = {
      user: { username: 'system:serviceaccount:kube-system:proxy' },
      impersonatedUser: { username: 'erin@example.com' },
    };
    expect(process(behind)).toMatchObject({
      outcome: 'candidate',
      actor: {
        signals: expect.arrayContaining(['impersonation']) as unknown,
        name: 'system:serviceaccount:kube-system:proxy as erin@example.com',
      },
    });
  });

  it('claims to be Terraform, and is not trusted', () => {
    const userAgent = 'HashiCorp/1.0 Terraform/1.11.3';
    expect(told(process({ userAgent }))[1]).toBe('iac_user_agent_of_untrusted_principal');
    expect(told(process({ userAgent }, ['erin@example.com']))).toEqual(['iac', 'iac_pipeline']);
  });
});

describe("the cluster's own administrator", () => {
  const reasonsOf = (user: Readonly<Record<string, unknown>>): readonly string[] =>
    process({ user: { groups: ['system:masters'], ...user } }).candidates.flatMap(
      ({ severity }) => severity.reasons,
    );
  const points = "the cluster's own administrator (+10)";

  it('weighs more than another person', () => {
    expect(reasonsOf({ username: 'kubernetes-admin' })).toContain(points);
    expect(reasonsOf({ username: 'jane' })).not.toContain(points);
  });

  it('is on EKS the principal of AWS behind the name', () => {
    const canonicalArn = ['arn:aws:iam::111122223333:role/Ops'];
    expect(reasonsOf({ username: 'kubernetes-admin', extra: { canonicalArn } })).not.toContain(
      points,
    );
  });
});
