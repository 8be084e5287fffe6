import {
  planPublish,
  type PublishCounts,
  type PublishDecision,
  type PublishPlan,
  type PublishRefusal,
} from '../core/desired/publish-plan.ts';
import type { DesiredStateTopic } from './ports.ts';
import type { ReadState } from './read-desired-states.ts';

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
  | { readonly ok: true; readonly published: readonly ScopePublished[] }
  | {
      readonly ok: false;
      readonly refusals: readonly ({ readonly source: string } & RefusedState)[];
    };

type RefusedState =
  PublishRefusal | { readonly reason: 'same_state_twice'; readonly message: string };

/**
 * Publishes states, each scope in a transaction of its own. Where one is refused nothing is written; a failure of
 * Kafka ends it after the scopes before, and publishing again goes on from there.
 */
export const publishDesiredStates = async (
  states: readonly ReadState[],
  topic: DesiredStateTopic,
  options: PublishOptions,
  signal: AbortSignal,
): Promise<PublishResult> => {
  const decisions = states.map((read) => ({
    read,
    decision: planPublish(read.state, topic.held, options.force),
  }));
  const refusals = [
    ...sameStateTwice(states),
    ...decisions.flatMap(({ read, decision }) =>
      decision.ok ? [] : [{ source: read.source, ...decision.refusal }],
    ),
  ];
  if (refusals.length > 0) return { ok: false, refusals };
  const published: ScopePublished[] = [];
  for (const { read, decision } of decisions) {
    const written = options.dryRun ? decision : await publishScope(read, topic, options, signal);
    if (!written.ok) return { ok: false, refusals: [{ source: read.source, ...written.refusal }] };
    const { scope, serial } = read.state;
    published.push({ scope, source: read.source, serial, ...written.plan.counts });
  }
  return { ok: true, published };
};

/** Plans again once no other publisher of the scope can write: what was read before may be old. */
const publishScope = async (
  { state }: ReadState,
  topic: DesiredStateTopic,
  { force }: PublishOptions,
  signal: AbortSignal,
): Promise<PublishDecision> => {
  const publication = await topic.begin(state.scope);
  try {
    await topic.catchUp(signal);
    const decision = planPublish(state, topic.held, force);
    if (decision.ok && !isEmpty(decision.plan)) await publication.write(decision.plan, signal);
    return decision;
  } finally {
    await publication.close();
  }
};

const isEmpty = ({ upserts, tombstones }: PublishPlan): boolean =>
  upserts.length === 0 && tombstones.length === 0;

const sameStateTwice = (
  states: readonly ReadState[],
): readonly ({ readonly source: string } & RefusedState)[] =>
  states.flatMap(({ source, state }, position) => {
    const earlier = states.slice(0, position).find((other) => other.state.scope === state.scope);
    return earlier === undefined
      ? []
      : [
          {
            source,
            reason: 'same_state_twice' as const,
            message: `It holds the same state (lineage ${state.lineage ?? '-'}) as ${earlier.source}. Publish the newer one.`,
          },
        ];
  });
