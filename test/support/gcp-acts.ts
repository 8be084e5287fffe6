import type { DesiredResource } from '../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import type { ProcessedEvent } from '../../src/core/model/processed-event.ts';
import { contextOver, ownedBy, processed } from './cloud-detection.ts';
import { PROJECT, auditEntry } from './cloud-fixtures.ts';

/** A desired resource of Google Cloud. */
export const google = (type: string, attributes: JsonObject): DesiredResource =>
  ownedBy('gcp', type, { project: PROJECT, ...attributes });

/** What becomes of an act on what code owns: a payload of an audit entry, and `more` of the entry. */
export const act = (
  payload: object,
  resources: readonly DesiredResource[],
  more: object = {},
  trusted: readonly string[] = [],
): ProcessedEvent => processed(auditEntry(more, payload), contextOver(resources, trusted));
