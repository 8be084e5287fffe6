import { describe, expect, it } from 'vitest';
import { kubernetesEventWith } from '../../../../support/kubernetes-records.ts';
import { changesOf, desiredResource, patchChanges, WEB } from './owned-object.ts';

describe('a desired resource of Terraform', () => {
  const owner = desiredResource(
    'kubernetes:apps/deployments/shop/web',
    {
      id: 'shop/web',
      metadata: [
        { name: 'web', namespace: 'shop', labels: { app: 'web' }, annotations: null, uid: 'u' },
      ],
      wait_for_rollout: true,
      spec: [
        {
          replicas: '3',
          paused: false,
          min_ready_seconds: 0,
          template: [
            {
              metadata: [{ labels: { app: 'web' } }],
              spec: [
                {
                  host_network: false,
                  container: [
                    {
                      name: 'web',
                      image: 'registry.example/web:1.4.2',
                      image_pull_policy: 'Always',
                      port: [{ container_port: 8080, protocol: 'TCP' }],
                      volume_mount: [],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
    { type: 'kubernetes_deployment_v1' },
  );

  it('is compared under its own names, blocks of one as their list', () => {
    const containers = [
      { name: 'web', image: 'other', ports: [{ containerPort: 8080, hostPort: 80 }] },
    ];
    const changes = patchChanges(
      {
        metadata: { labels: { app: 'x' } },
        spec: { replicas: 3, template: { spec: { hostNetwork: true, containers } } },
      },
      {},
      owner,
    );
    expect(changes.map(({ path, verdict }) => [path, verdict])).toEqual([
      ['metadata[0].labels.app', 'differs'],
      ['spec[0].replicas', 'equals_desired'],
      ['spec[0].template[0].spec[0].host_network', 'differs'],
      ['spec[0].template[0].spec[0].container[0].image', 'differs'],
      ['spec[0].template[0].spec[0].container[0].port[0].hostPort', 'not_in_desired'],
    ]);
  });

  it('has what code says where the object has no more', () => {
    expect(
      changesOf(
        kubernetesEventWith({
          verb: 'update',
          requestObject: {
            ...WEB,
            metadata: { name: 'web', labels: { app: 'web' } },
            spec: {
              replicas: 3,
              template: {
                metadata: { labels: { app: 'web' } },
                spec: {
                  containers: [
                    {
                      name: 'web',
                      image: 'registry.example/web:1.4.2',
                      ports: [{ containerPort: 8080 }],
                    },
                  ],
                },
              },
            },
          },
        }),
        owner,
      ).map(({ verdict }) => verdict),
    ).not.toContain('differs');
  });
});
