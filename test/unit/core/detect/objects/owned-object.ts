import { createHash } from 'node:crypto';
import { readProviderTables } from '../../../../../src/config/provider-tables.ts';
import { ownedObjectChanges } from '../../../../../src/core/assemble-object-changes.ts';
import type { AuditEvent } from '../../../../../src/core/model/audit-event.ts';
import type { DesiredResource } from '../../../../../src/core/model/desired-resource.ts';
import type { Change } from '../../../../../src/core/model/drift-candidate.ts';
import type { JsonObject, JsonValue } from '../../../../../src/core/model/json.ts';
import type { ObjectTable } from '../../../../../src/core/model/object-table.ts';
import { collectionsOf } from '../../../../../src/core/model/object-reference.ts';
import { contextOf } from '../../sample-context.ts';
import { kubernetesEventWith } from '../../../../support/kubernetes-records.ts';

const kubernetesTables = readProviderTables('config').tables.get('kubernetes')!;
const objectTable = kubernetesTables.objects as ObjectTable;

export const secretHash = (text: string): string =>
  createHash('sha256').update(`key ${text}`).digest('hex');

/** A desired resource of the cluster prod-eu, of a manifest unless `fields` say otherwise. */
export const desiredResource = (
  identity: string,
  attributes: JsonObject,
  fields: Partial<DesiredResource> = {},
): DesiredResource => ({
  key: `prod/kubernetes/${identity}`,
  scope: 'prod/kubernetes',
  address: identity.replace('kubernetes:', ''),
  type: 'kubernetes_deployment',
  provider: 'kubernetes',
  account: 'prod-eu',
  identities: [identity, ...collectionsOf([identity])],
  attributes,
  environment: 'prod',
  source: 'manifests',
  published_time: 0,
  ...fields,
});

/** A deployment as a manifest of code has it. */
export const WEB: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'shop',
    labels: { app: 'web', 'app.kubernetes.io/part-of': 'shop' },
  },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'registry.example/web:1.4.2',
            ports: [{ containerPort: 8080 }],
            env: [
              { name: 'LOG_LEVEL', value: 'info' },
              { name: 'REGION', value: 'eu' },
            ],
            resources: { limits: { cpu: '500m', memory: '1Gi' } },
          },
          { name: 'proxy', image: 'registry.example/proxy:2.0' },
        ],
      },
    },
  },
};

export const webResource = desiredResource('kubernetes:apps/deployments/shop/web', WEB);

/** What a call wrote, as changes of the owner. */
export const changesOf = (
  event: AuditEvent,
  owner: DesiredResource = webResource,
): readonly Change[] =>
  ownedObjectChanges(event, owner, {
    context: contextOf([owner], { secretHash }),
    table: objectTable,
    resourceTypes: kubernetesTables.resourceTypes,
  });

/** The changes of a patch on the deployment. */
export const patchChanges = (
  patch: JsonValue,
  fields: Readonly<Record<string, unknown>> = {},
  owner: DesiredResource = webResource,
): readonly Change[] => changesOf(kubernetesEventWith({ requestObject: patch, ...fields }), owner);
