import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../src/core/model/json.ts';
import { kubernetesEventWith } from '../../../../support/kubernetes-records.ts';
import { changesOf, desiredResource } from './owned-object.ts';

const GROUP = 'rbac.authorization.k8s.io';
const account = { kind: 'ServiceAccount', name: 'sa', namespace: 'shop' };

const binding = desiredResource(
  `kubernetes:${GROUP}/clusterrolebindings/developers`,
  {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'developers' },
    roleRef: { kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'Group', name: 'developers' }, account],
  },
  { type: 'kubernetes_cluster_role_binding' },
);

/** A call that writes the whole binding, as the server has it. */
const written = (subjects: readonly JsonObject[]) =>
  changesOf(
    kubernetesEventWith({
      verb: 'update',
      objectRef: { resource: 'clusterrolebindings', apiGroup: GROUP, name: 'developers' },
      requestObject: {
        ...binding.attributes,
        roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'view' },
        subjects,
      },
    }),
    binding,
  ).map(({ path, verdict }) => [path, verdict]);

describe('a role binding whose code leaves the group of its subjects to the server', () => {
  const developers = { kind: 'Group', name: 'developers', apiGroup: GROUP };

  it('is what code says with the group that the server writes', () => {
    expect(written([developers, account])).toContainEqual(['subjects', 'equals_desired']);
    expect(written([developers, account]).map(([, verdict]) => verdict)).not.toContain('differs');
  });

  it('differs with one subject more', () => {
    const eve = { kind: 'User', name: 'eve@example.com', apiGroup: GROUP };
    expect(written([developers, account, eve])).toContainEqual(['subjects', 'differs']);
  });
});
