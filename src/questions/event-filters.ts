import { allOf, anyOf, is, isAddress, oneOf, type Clause } from './clause.ts';

/** Any identifier, ARN, address in code or principal that the event speaks of. */
const byEntity = (value: string): Clause => is('entities', value);

/**
 * One of the fields holds the value. A document has what these fields hold in `entities` as well, which has an inverted
 * index where some of them have none: it finds the few documents that the columns of the fields are then read of.
 */
const namedIn = (fields: readonly string[], value: string): Clause =>
  allOf([byEntity(value), anyOf(fields.map((field) => is(field, value)))]);

/** Fields that name who acted: a principal, a user or role by id, the issuer of the session. */
const PRINCIPAL_FIELDS = [
  'driftline.principal',
  'driftline.source_identity',
  'actor.user.uid',
  'actor.session.issuer',
] as const;

/** By a name, too: that of the user, and the one that is shown, which is made of several and so is no entity. */
const NAME_FIELDS = ['actor.user.name', 'driftline.actor_name'] as const;

export const byPrincipal = (value: string): Clause =>
  anyOf([namedIn(PRINCIPAL_FIELDS, value), ...NAME_FIELDS.map((field) => is(field, value))]);

export const bySession = (value: string): Clause => namedIn(['actor.session.uid'], value);

export const byKey = (value: string): Clause => namedIn(['actor.user.credential_uid'], value);

/** An IP address, a block of them, or the name that the record has in place of one. */
export const byAddress = (value: string): Clause =>
  isAddress(value)
    ? is('src_endpoint.ip', value)
    : namedIn(['src_endpoint.domain', 'src_endpoint.svc_name'], value);

type Filters = Readonly<Record<string, (value: string) => Clause>>;

/** Filters of `driftline query events`, by option. */
export const EVENT_FILTERS = {
  session: bySession,
  principal: byPrincipal,
  key: byKey,
  address: byAddress,
  entity: byEntity,
  event: (value) => is('metadata.uid', value),
  candidate: (value) => is('driftline.candidate_ids', value),
  changeSet: (value) => is('driftline.change_set_ids', value),
  outcome: (value) => oneOf('driftline.outcome', value.split(',')),
  provider: (value) => is('cloud.provider', value),
  account: (value) => namedIn(['cloud.account.uid'], value),
  region: (value) => is('cloud.region', value),
  service: (value) => is('api.service.name', value),
  operation: (value) => is('api.operation', value),
  env: (value) => oneOf('driftline.owners.environment', value.split(',')),
} as const satisfies Filters;
