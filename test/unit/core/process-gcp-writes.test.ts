import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { PROJECT } from '../../support/cloud-fixtures.ts';
import { act, google } from '../../support/gcp-acts.ts';

// Records of gRPC leave out what is false, and a message that is set to nothing is empty.

const call = (
  [serviceName, methodName]: readonly [string, string],
  resourceName: string,
  request: object,
  owner: DesiredResource,
) => verdictsOf(act({ serviceName, methodName, resourceName, request }, [owner]).candidates[0]);

const cluster = `projects/${PROJECT}/locations/europe-west1/clusters/prod`;

describe('a node pool', () => {
  const path = `${cluster}/nodePools/default`;
  const pool = google('google_container_node_pool', {
    id: path,
    management: [{ auto_repair: true, auto_upgrade: true }],
    autoscaling: [{ min_node_count: 1, max_node_count: 5 }],
  });
  const set = (what: string, request: object) =>
    call(
      ['container.googleapis.com', `google.container.v1.ClusterManager.SetNodePool${what}`],
      path,
      { name: path, ...request },
      pool,
    );

  it('is no longer upgraded where a call leaves that out', () => {
    expect(set('Management', { management: { autoRepair: true } })).toEqual([
      ['management[0].auto_upgrade', 'set', 'differs'],
      ['management[0].auto_repair', 'set', 'equals_desired'],
    ]);
  });

  it.each([{}, { enabled: false }])('no longer scales by itself: %j', (autoscaling) => {
    expect(set('Autoscaling', { autoscaling })).toEqual([['autoscaling', 'set', 'differs']]);
  });

  it('keeps its scaling where its bounds are set', () => {
    const autoscaling = { enabled: true, minNodeCount: 1, maxNodeCount: 9 };
    expect(set('Autoscaling', { autoscaling })).toEqual([
      ['autoscaling[0].min_node_count', 'set', 'equals_desired'],
      ['autoscaling[0].max_node_count', 'set', 'differs'],
    ]);
  });
});

describe('a cluster', () => {
  const owner = google('google_container_cluster', {
    id: cluster,
    master_authorized_networks_config: [{ cidr_blocks: [{ cidr_block: '10.0.0.0/8' }] }],
    logging_config: [{ enable_components: ['SYSTEM_COMPONENTS', 'WORKLOADS'] }],
    private_cluster_config: [{ enable_private_endpoint: true }],
  });

  it.each<[JsonObject, string]>([
    [{ desiredMasterAuthorizedNetworksConfig: {} }, 'master_authorized_networks_config'],
    [
      { desiredMasterAuthorizedNetworksConfig: { enabled: false } },
      'master_authorized_networks_config',
    ],
    [
      { desiredLoggingConfig: { componentConfig: { enableComponents: ['SYSTEM_COMPONENTS'] } } },
      'logging_config[0].enable_components',
    ],
    [
      { desiredControlPlaneEndpointsConfig: { ipEndpointsConfig: { enablePublicEndpoint: true } } },
      'private_cluster_config[0].enable_private_endpoint',
    ],
  ])('that is updated by %j tells %s', (update, path) => {
    const method = 'google.container.v1.ClusterManager.UpdateCluster';
    expect(call(['container.googleapis.com', method], cluster, { update }, owner)).toEqual([
      [path, 'set', 'differs'],
    ]);
  });
});

describe('a subscription', () => {
  it('no longer pushes where the call sets an empty configuration', () => {
    const path = `projects/${PROJECT}/subscriptions/audit`;
    const owner = google('google_pubsub_subscription', {
      id: path,
      push_config: [{ push_endpoint: 'https://example.com' }],
    });
    const method = 'google.pubsub.v1.Subscriber.ModifyPushConfig';
    expect(call(['pubsub.googleapis.com', method], path, { pushConfig: {} }, owner)).toEqual([
      ['push_config', 'set', 'differs'],
    ]);
  });
});

describe('a service of the second version', () => {
  it('tells what a call in the words of the first sets', () => {
    const path = `projects/${PROJECT}/locations/europe-west1/services/api`;
    const owner = google('google_cloud_run_v2_service', {
      id: path,
      template: [{ containers: [{ image: 'api:1' }] }],
    });
    const spec = { containers: [{ image: 'api:2' }] };
    expect(
      call(
        ['run.googleapis.com', 'google.cloud.run.v1.Services.ReplaceService'],
        path,
        { service: { spec: { template: { spec } } } },
        owner,
      ),
    ).toEqual([['template[0].containers[0].image', 'set', 'differs']]);
  });
});
