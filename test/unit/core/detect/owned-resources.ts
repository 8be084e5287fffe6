import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import type { AuditEvent } from '../../../../src/core/model/audit-event.ts';
import type { DesiredIndex, DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { isArn } from '../../../../src/core/model/identity.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { compileTemplate, expandTemplate } from '../../../../src/core/model/path-template.ts';
import type { ProviderTables } from '../../../../src/core/model/provider-tables.ts';

const shippedTables = (): ProviderTables => {
  const tables = readProviderTables('config').tables.get('aws');
  if (tables === undefined) throw new Error('config/providers/aws is missing.');
  return tables;
};

export const awsTables = shippedTables();

/** A desired resource with the identities that its attributes give it by the shipped table of types. */
export const owned = (
  type: string,
  attributes: JsonObject,
  fields: Partial<DesiredResource> = {},
): DesiredResource => {
  const row = awsTables.resourceTypes[type];
  const canonical = row?.sameAs ?? type;
  const templates = row?.identities ?? awsTables.resourceTypes[canonical]?.identities ?? [];
  const values = ['{id}', ...templates].flatMap((template) =>
    expandTemplate(compileTemplate(template), attributes).map(({ text }) => text),
  );
  const arn = typeof attributes['arn'] === 'string' ? [attributes['arn']] : [];
  const address = fields.address ?? `${type}.this`;
  return {
    key: `prod/${address}`,
    scope: 'prod',
    address,
    type,
    provider: 'aws',
    identities: [
      ...arn,
      ...values.filter(isArn),
      ...values.map((value) => `${canonical}:${value}`),
      ...values.map((value) => `id:${value}`),
    ],
    attributes,
    environment: 'prod',
    source: 'prod.tfstate',
    published_time: 0,
    ...fields,
  };
};

export const indexOf = (...resources: readonly DesiredResource[]): DesiredIndex => ({
  lookup: (identity) => resources.filter(({ identities }) => identities.includes(identity)),
  covers: () => true,
  size: resources.length,
});

/** A successful call in account 111122223333, region eu-west-1. */
export const call = (
  key: string,
  request: JsonObject | undefined,
  response?: JsonObject,
  fields: Partial<AuditEvent> = {},
): AuditEvent => {
  const [service = '', operation = ''] = key.split(':');
  return {
    id: 'event-1',
    time: 0,
    provider: 'aws',
    service: `${service}.amazonaws.com`,
    operation,
    activityId: 3,
    statusId: 1,
    account: '111122223333',
    region: 'eu-west-1',
    actor: {},
    resources: [],
    request,
    response,
    raw: new Uint8Array(),
    ...fields,
  };
};
