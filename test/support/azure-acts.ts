import type { DesiredResource } from '../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import type { ProcessedEvent } from '../../src/core/model/processed-event.ts';
import { contextOver, ownedBy, processed } from './cloud-detection.ts';
import { eventHubRecord } from './cloud-fixtures.ts';

/** A desired resource of Azure. */
export const azure = (type: string, id: string, attributes: JsonObject = {}): DesiredResource =>
  ownedBy('azure', type, { id, ...attributes });

export interface AzureAct {
  readonly operation?: string;
  readonly on: string;
  readonly body?: object;
  readonly status?: string;
  readonly more?: object;
}

/** What becomes of an act on what code owns. */
export const act = (
  { operation, on, body, status = 'OK', more = {} }: AzureAct,
  resources: readonly DesiredResource[],
  trusted: readonly string[] = [],
): ProcessedEvent =>
  processed(
    eventHubRecord({
      resourceId: on.toUpperCase(),
      ...(operation === undefined ? {} : { operationName: operation.toUpperCase() }),
      properties: {
        statusCode: status,
        ...(body === undefined ? {} : { requestbody: JSON.stringify(body) }),
      },
      ...more,
    }),
    contextOver(resources, trusted),
  );
