import {
  planPublish,
  type HeldResource,
  type HeldResources,
  type PublishCounts,
  type PublishDecision,
  type PublishedState,
  type PublishPlan,
  type PublishRefusal,
} from '../core/desired/publish-plan.ts';
import type { DesiredStateTopic } from './ports.ts';
import type { PreparedState } from './prepare-states.ts';

export interface PublishOptions {
  readonly force: boolean;
  /** Compares and counts, and writes nothing. */
  readonly dryRun: boolean;
}

export interface ScopePublished extends PublishCounts {
  readonly scope: string;
  readonly source: string;
  readonly serial: number;
}

export type PublishResult =
  { readonly ok: true; readonly published: readonly ScopePublished[] } | StatesRefused;

/** What publishing one state would write. */
export interface PlannedState extends PreparedState {
  readonly plan: PublishPlan;
}

export type PlannedStates =
  { readonly ok: true; readonly planned: readonly PlannedState[] } | StatesRefused;

interface StatesRefused {
  readonly ok: false;
  readonly refusals: readonly ({ readonly source: string } & RefusedState)[];
}

type RefusedState =
  PublishRefusal | { readonly reason: 'same_state_twice'; readonly message: string };

/** What publishing the states would write. Where one is refused there is no plan for any. */
export const planDesiredStates = (
  states: readonly PreparedState[],
  held: HeldResources,
  force: boolean,
): PlannedStates => {
  const planned: PlannedState[] = [];
  const refusals = [...sameStateTwice(states)];
  for (const { source, state } of states) {
    const decision = planPublish(state, held, force);
    if (decision.ok) planned.push({ source, state, plan: decision.plan });
    else refusals.push({ source, ...decision.refusal });
  }
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, planned };
};

/**
 * Publishes states, each scope in a transaction of its own. Where one is refused nothing is written; a failure of
 * Kafka ends it after the scopes before, and publishing again goes on from there.
 */
export const publishDesiredStates = async (
  states: readonly PreparedState[],
  topic: DesiredStateTopic<HeldResource>,
  options: PublishOptions,
  signal: AbortSignal,
): Promise<PublishResult> => {
  const plans = planDesiredStates(states, topic.held, options.force);
  if (!plans.ok) return plans;
  const published: ScopePublished[] = [];
  for (const { source, state, plan } of plans.planned) {
    const written: PublishDecision = options.dryRun
      ? { ok: true, plan }
      : await publishScope(state, plan, topic, options, signal);
    if (!written.ok) return { ok: false, refusals: [{ source, ...written.refusal }] };
    const { scope, serial } = state;
    published.push({ scope, source, serial, ...written.plan.counts });
  }
  return { ok: true, published };
};

/** Plans again once no other publisher of the scope can write: what was read before may be old. */
const publishScope = async (
  state: PublishedState,
  first: PublishPlan,
  topic: DesiredStateTopic<HeldResource>,
  { force }: PublishOptions,
  signal: AbortSignal,
): Promise<PublishDecision> => {
  const publication = await topic.begin(state.scope, recordsOf(first));
  try {
    await topic.catchUp(signal);
    const decision = planPublish(state, topic.held, force);
    if (decision.ok && !isEmpty(decision.plan)) await publication.write(decision.plan, signal);
    return decision;
  } finally {
    await publication.close();
  }
};

const recordsOf = ({ counts }: PublishPlan): number =>
  counts.added + counts.changed + counts.removed;

const isEmpty = (plan: PublishPlan): boolean => !plan.serialOnly && recordsOf(plan) === 0;

const sameStateTwice = (
  states: readonly PreparedState[],
): readonly ({ readonly source: string } & RefusedState)[] => {
  const first = new Map<string, string>();
  return states.flatMap(({ source, state }) => {
    const earlier = first.get(state.scope);
    if (earlier === undefined) {
      first.set(state.scope, source);
      return [];
    }
    return [
      {
        source,
        reason: 'same_state_twice' as const,
        message: `It holds the same state (lineage ${state.lineage ?? '-'}) as ${earlier}. Publish the newer one.`,
      },
    ];
  });
};
