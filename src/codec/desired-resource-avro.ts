import type { DesiredResource } from '../core/model/desired-resource.ts';
import { isJsonObject } from '../core/model/json.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { decodeFailure } from './decoded-record.ts';
import { parseJsonText } from './json-text.ts';
import { presentFields } from './present-fields.ts';

const OPTIONAL = [
  'provider_source',
  'module',
  'account',
  'region',
  'repository',
  'owner',
  'commit',
  'lineage',
  'serial',
  'tainted',
] as const;

/** A desired resource in the shape of the Avro schema `desired-resource`. */
export interface AvroDesiredResource extends Omit<DesiredResource, 'attributes'> {
  /** JSON text. */
  readonly attributes: string;
}

export const toAvroDesiredResource = (resource: DesiredResource): AvroDesiredResource => ({
  ...resource,
  attributes: JSON.stringify(resource.attributes),
});

/** Fails with `not_avro` where the attributes are no JSON object. */
export const fromAvroDesiredResource = (
  value: AvroDesiredResource,
): DesiredResource | RecordFailure => {
  const text = value.attributes;
  if (!text.startsWith('{')) {
    return decodeFailure('not_avro', 'attributes is not the JSON text of an object.');
  }
  let attributes: JsonObject | undefined;
  return {
    key: value.key,
    scope: value.scope,
    address: value.address,
    type: value.type,
    provider: value.provider,
    ...presentFields(value, OPTIONAL),
    identities: value.identities,
    environment: value.environment,
    source: value.source,
    published_time: value.published_time,
    get attributes(): JsonObject {
      if (attributes === undefined) {
        const parsed = parseJsonText(text);
        attributes = isJsonObject(parsed) ? parsed : {};
      }
      return attributes;
    },
  };
};
