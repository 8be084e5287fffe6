import { assembleCandidate, namedOwner, type AssemblyContext } from './assemble-candidate.ts';
import { compileEnvironmentRules } from './desired/environment-words.ts';
import type { AuditEvent } from './model/audit-event.ts';
import type { DesiredResource } from './model/desired-resource.ts';
import type { Identification, IdentifiedResource } from './model/detection.ts';
import {
  CANDIDATE_CAUSES,
  type ActorVerdict,
  type CandidateCause,
  type DriftCandidate,
} from './model/drift-candidate.ts';
import type { ObjectTable } from './model/object-table.ts';
import type { EventOutcome } from './model/outcome.ts';
import type {
  DetectionContext,
  IgnoredCandidate,
  ProcessedEvent,
} from './model/processed-event.ts';
import type { Provider } from './model/provider.ts';
import type { ProviderTables } from './model/provider-tables.ts';
import { compileOpenings } from './model/opened-values.ts';
import { compileActor, type ActorStep } from './detect/actor.ts';
import { compileAttacks } from './detect/attacks.ts';
import { identify } from './detect/identify.ts';
import { compileIgnore } from './detect/ignore.ts';
import { compileMutating, type MutationStep } from './detect/mutating.ts';
import { identifyObjects } from './detect/objects/identify-object.ts';
import { writesServerPartsOnly } from './detect/objects/object-changes.ts';
import { compileSeverity } from './detect/severity.ts';

/** The reasons of each outcome; `ignored` has `rule:<id>`. */
export const OUTCOME_REASONS = {
  failed: ['call_failed'],
  read: ['read_only', 'read_by_name'],
  /** `call_begun`: a record of the call's end follows, and tells whether it was done. */
  runtime: ['record_type', 'data_event', 'runtime_operation', 'call_begun', 'server_parts'],
  iac: ['iac_pipeline', 'iac_service'],
  service: ['cloud_service', 'k8s_controller'],
  candidate: CANDIDATE_CAUSES,
  unresolved: ['no_desired_resource', 'no_identity', 'operation_unmapped'],
} as const satisfies Partial<Record<EventOutcome, readonly string[]>>;

interface ProviderSteps extends AssemblyContext {
  readonly mutating: MutationStep;
  readonly actor: ActorStep;
}

const NO_TABLES: ProviderTables = {
  serviceSuffix: '',
  operations: { readPrefixes: [], createPrefixes: [], deletePrefixes: [], runtime: [], rows: {} },
  resourceTypes: {},
  actors: { signals: [] },
};

/** Steps made ready from the tables, once for a context and provider. */
const prepared = new WeakMap<DetectionContext, Map<Provider, ProviderSteps>>();

const prepare = (context: DetectionContext, provider: Provider): ProviderSteps => {
  const tables = context.tables.get(provider) ?? NO_TABLES;
  return {
    context,
    tables,
    mutating: compileMutating(tables),
    actor: compileActor(
      tables.actors,
      context.trustedPrincipals,
      (context.trustedByAccount ?? []).filter((each) => (each.provider ?? provider) === provider),
    ),
    severity: compileSeverity(context.severity),
    attacks:
      context.attacks === undefined
        ? () => []
        : compileAttacks(context.attacks, compileOpenings(context.severity)),
    ignore: context.ignoreRules.length === 0 ? undefined : compileIgnore(context.ignoreRules),
    ...(context.environments === undefined
      ? {}
      : { environments: compileEnvironmentRules(context.environments) }),
  };
};

const stepsFor = (context: DetectionContext, provider: Provider): ProviderSteps => {
  let byProvider = prepared.get(context);
  if (byProvider === undefined) {
    byProvider = new Map();
    prepared.set(context, byProvider);
  }
  let steps = byProvider.get(provider);
  if (steps === undefined) {
    steps = prepare(context, provider);
    byProvider.set(provider, steps);
  }
  return steps;
};

/** The outcome that the actor alone decides: made by code, or by the provider itself. */
const actorOutcome = (
  actor: ActorVerdict,
  { candidateClasses = [] }: DetectionContext,
): 'iac' | 'service' | undefined => {
  switch (actor.class) {
    case 'iac_pipeline':
    case 'iac_service':
      return actor.trusted ? 'iac' : undefined;
    case 'cloud_service':
    case 'k8s_controller':
      return candidateClasses.includes(actor.class) ? undefined : 'service';
    case 'console':
    case 'cli_sdk':
    case 'unknown':
      return undefined;
  }
};

const causeOf = (actor: ActorVerdict): CandidateCause => {
  switch (actor.class) {
    case 'iac_pipeline':
      return 'iac_user_agent_of_untrusted_principal';
    case 'iac_service':
      return 'iac_service_of_untrusted_principal';
    case 'cloud_service':
    case 'k8s_controller':
      return 'service_configured_as_candidate';
    case 'console':
    case 'cli_sdk':
    case 'unknown':
      return actor.trusted ? 'pipeline_identity_outside_iac_tool' : 'outside_code';
  }
};

const unresolvedReason = (identification: Identification): string => {
  if (!identification.mapped) return 'operation_unmapped';
  return identification.resources.length === 0 ? 'no_identity' : 'no_desired_resource';
};

type Group = [IdentifiedResource, ...IdentifiedResource[]];

/** One group for each resource: an event may name the same one more than once, or under two identities. */
const byResource = (resources: readonly IdentifiedResource[]): readonly Group[] => {
  const [only] = resources;
  if (resources.length === 1 && only !== undefined) return [[only]];
  const groups = new Map<string, Group>();
  for (const resource of resources) {
    const key = namedOwner(resource)?.key ?? resource.identity;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [resource]);
    else group.push(resource);
  }
  return [...groups.values()];
};

const NO_OWNERS: readonly DesiredResource[] = [];

const ownersOf = (resources: readonly IdentifiedResource[]): readonly DesiredResource[] => {
  let found = NO_OWNERS;
  for (const { owners } of resources) {
    if (found.length === 0) found = owners;
    else if (owners.length > 0) found = [...found, ...owners];
  }
  return found.length < 2 ? found : [...new Map(found.map((owner) => [owner.key, owner])).values()];
};

/** A call that writes nothing of an object that code may declare is no act on configuration. */
const passedObject = (
  event: AuditEvent,
  objects: ObjectTable | undefined,
): { readonly outcome: 'runtime'; readonly reason: string } | undefined =>
  objects !== undefined && writesServerPartsOnly(event, objects)
    ? { outcome: 'runtime', reason: 'server_parts' }
    : undefined;

/**
 * What became of one audit event: exactly one outcome, by the steps of detection in order. Pure and total: the same
 * event and context give the same result, and no shape of an event makes it throw.
 */
export const processEvent = (event: AuditEvent, context: DetectionContext): ProcessedEvent => {
  const steps = stepsFor(context, event.provider);
  const { objects } = steps.tables;
  const passed = steps.mutating(event) ?? passedObject(event, objects);
  if (passed !== undefined) {
    const { outcome, reason } = passed;
    return { event, outcome, reason, owners: [], candidates: [], unmapped: false };
  }

  const identification =
    objects === undefined
      ? identify(event, steps.tables, context.index)
      : identifyObjects(event, objects, context.index);
  const actor = steps.actor(event);
  const owners = ownersOf(identification.resources);
  const result = (
    outcome: EventOutcome,
    reason: string,
    candidates: readonly DriftCandidate[] = [],
    ignored: readonly IgnoredCandidate[] = [],
  ): ProcessedEvent => ({
    event,
    outcome,
    reason,
    actor,
    owners,
    candidates,
    ignored: ignored.length === 0 ? undefined : ignored,
    unmapped: !identification.mapped,
  });

  const decided = actorOutcome(actor, context);
  if (decided !== undefined) return result(decided, actor.class);

  const cause = causeOf(actor);
  const candidates: DriftCandidate[] = [];
  const ignored: IgnoredCandidate[] = [];
  for (const group of byResource(identification.resources)) {
    const assembled = assembleCandidate({ event, actor, cause }, group, steps);
    if (assembled === undefined) continue;
    if ('candidate' in assembled) candidates.push(assembled.candidate);
    else ignored.push(assembled.ignored);
  }
  if (candidates.length > 0) return result('candidate', cause, candidates, ignored);
  const [first] = ignored;
  if (first !== undefined) return result('ignored', `rule:${first.rule}`, [], ignored);
  return result('unresolved', unresolvedReason(identification));
};
