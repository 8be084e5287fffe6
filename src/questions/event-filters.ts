import { anyOf, is, isAddress, oneOf, type Clause } from './clause.ts';

/** Fields that name who acted: a principal, a user or role by id or by name, the issuer of the session. */
const PRINCIPAL_FIELDS = [
  'driftline.principal',
  'driftline.actor_name',
  'driftline.source_identity',
  'actor.user.uid',
  'actor.user.name',
  'actor.session.issuer',
] as const;

export const byPrincipal = (value: string): Clause =>
  anyOf(PRINCIPAL_FIELDS.map((field) => is(field, value)));

export const bySession = (value: string): Clause => is('actor.session.uid', value);

export const byKey = (value: string): Clause => is('actor.user.credential_uid', value);

/** An IP address, a block of them, or the name that the record has in place of one. */
export const byAddress = (value: string): Clause =>
  isAddress(value)
    ? is('src_endpoint.ip', value)
    : anyOf([is('src_endpoint.domain', value), is('src_endpoint.svc_name', value)]);

/** Any identifier, ARN, address in code or principal that the event speaks of. */
const byEntity = (value: string): Clause => is('entities', value);

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
  account: (value) => is('cloud.account.uid', value),
  region: (value) => is('cloud.region', value),
  service: (value) => is('api.service.name', value),
  operation: (value) => is('api.operation', value),
  env: (value) => oneOf('driftline.owners.environment', value.split(',')),
} as const satisfies Filters;
