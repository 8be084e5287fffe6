import { SEVERITIES } from '../core/model/drift-candidate.ts';
import { anyOf, atLeast, is, isActorName, oneOf, type Clause } from './clause.ts';

/** A session of AWS STS is no principal by itself, and no resource: a candidate that speaks of it was made in it. */
const SESSION_ARN = /^arn:[\w-]+:sts::\d+:(?:assumed-role|federated-user)\//;

export const candidatesByPrincipal = (value: string): Clause =>
  anyOf([
    is('actor.principal', value),
    isActorName('actor.name', value),
    ...(SESSION_ARN.test(value) ? [is('entities', value)] : []),
  ]);

/** An IP address, or a block of them; the field takes no other text. */
const candidatesByAddress = (value: string): Clause => is('source_ip', value);

/** A candidate belongs to the change set of its window and, at the edge, to that of the next one. */
const byChangeSet = (value: string): Clause =>
  anyOf([is('change_set_id', value), is('change_set_adjacent_id', value)]);

/** The level and all above it; a level that is none finds nothing, and the command refuses it before. */
const bySeverity = (value: string): Clause =>
  atLeast('severity.id', 1 + SEVERITIES.findIndex((level) => level === value));

type Filters = Readonly<Record<string, (value: string) => Clause>>;

/** Filters of `driftline query candidates`, by option. */
export const CANDIDATE_FILTERS = {
  env: (value) => oneOf('resource.environment', value.split(',')),
  severity: bySeverity,
  kind: (value) => oneOf('kind', value.split(',')),
  provider: (value) => is('resource.provider', value),
  account: (value) => is('resource.account', value),
  owner: (value) => is('resource.owner', value),
  repository: (value) => is('resource.repository', value),
  module: (value) => is('resource.module', value),
  type: (value) => is('resource.type', value),
  principal: candidatesByPrincipal,
  session: (value) => is('session_uid', value),
  address: candidatesByAddress,
  entity: (value) => is('entities', value),
  cause: (value) => is('cause', value),
  operation: (value) => is('operation', value),
  changeSet: byChangeSet,
  event: (value) => is('event_id', value),
  technique: (value) =>
    anyOf([is('attacks.technique.uid', value), is('attacks.sub_technique.uid', value)]),
} as const satisfies Filters;
