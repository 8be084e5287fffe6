import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { PROJECT } from '../../support/cloud-fixtures.ts';
import { act, google } from '../../support/gcp-acts.ts';

const path = `projects/${PROJECT}/locations/europe-west1/services/api`;
const owner = google('google_cloud_run_v2_service', {
  id: path,
  ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
  template: [{ containers: [{ image: 'api:1' }] }],
});

/** What the tools of the first version call on a service, whichever version code has it in. */
const replaced = (service: JsonObject) =>
  act(
    {
      serviceName: 'run.googleapis.com',
      methodName: 'google.cloud.run.v1.Services.ReplaceService',
      resourceName: path,
      request: { service },
    },
    [owner],
  ).candidates[0];

describe('who reaches a service of the second version', () => {
  const annotated = (ingress: string) =>
    replaced({ metadata: { annotations: { 'run.googleapis.com/ingress': ingress } } });

  it.each([
    ['all', 'INGRESS_TRAFFIC_ALL', 'differs'],
    ['internal-and-cloud-load-balancing', 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'differs'],
    ['internal', 'INGRESS_TRAFFIC_INTERNAL_ONLY', 'equals_desired'],
  ])('is told by the annotation of the first, %s', (word, observed, verdict) => {
    expect(annotated(word)?.changes).toMatchObject([{ path: 'ingress', observed, verdict }]);
  });

  it('is not told where the call does not annotate it', () => {
    const candidate = replaced({
      metadata: { annotations: { 'run.googleapis.com/launch-stage': 'BETA' } },
      spec: { template: { spec: { containers: [{ image: 'api:2' }] } } },
    });
    expect(verdictsOf(candidate)).toEqual([['template[0].containers[0].image', 'set', 'differs']]);
  });
});
