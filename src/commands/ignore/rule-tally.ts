import { endOfRule, type IgnoreRule } from '../../core/model/ignore-rule.ts';
import type { ProcessedEvent } from '../../core/model/processed-event.ts';

/** What came of one rule: rules that share an id, as lines under one comment do, count as one. */
export interface RuleCount {
  readonly id: string;
  readonly reason: string;
  readonly owner?: string;
  /** The last day, UTC. */
  readonly expires?: string;
  /** Its last day is over, by the clock. */
  readonly expired: boolean;
  /** Every line of it starts with `!`: it keeps, and takes nothing by itself. */
  readonly keeps: boolean;
  /** Events of which it took something. */
  readonly events: number;
  /** Resources that it took, over all events. */
  readonly taken: number;
  /** Resources that it would have taken had it not ended. */
  readonly missed: number;
}

interface Counts {
  events: number;
  taken: number;
  missed: number;
}

/** Counts by rule what a test of rules finds. */
export class RuleTally {
  readonly #rules: readonly IgnoreRule[];
  readonly #counts: Map<string, Counts>;

  constructor(rules: readonly IgnoreRule[]) {
    this.#rules = rules;
    this.#counts = new Map(rules.map(({ id }) => [id, { events: 0, taken: 0, missed: 0 }]));
  }

  /** @param unexpired the same event under the same rules without their last days */
  add(processed: ProcessedEvent, unexpired: ProcessedEvent): void {
    const ids = (processed.ignored ?? []).map(({ rule }) => rule);
    for (const id of ids) this.#add(id, 'taken');
    for (const id of new Set(ids)) this.#add(id, 'events');
    const taken = new Set((processed.ignored ?? []).map(({ resource }) => resource.key));
    for (const { rule, resource } of unexpired.ignored ?? []) {
      if (!taken.has(resource.key)) this.#add(rule, 'missed');
    }
  }

  /** @param now milliseconds since the epoch */
  counts(now: number): readonly RuleCount[] {
    return [...this.#counts].map(([id, counts]) => {
      const rules = this.#rules.filter((rule) => rule.id === id);
      const [first] = rules;
      const { reason = '', owner, expires } = first ?? {};
      return {
        id,
        reason,
        ...(owner === undefined ? {} : { owner }),
        ...(expires === undefined ? {} : { expires }),
        expired: rules.every((rule) => endOfRule(rule) <= now),
        keeps: rules.every(({ line }) => line?.startsWith('!') === true),
        ...counts,
      };
    });
  }

  #add(id: string, what: keyof Counts): void {
    const counts = this.#counts.get(id);
    if (counts !== undefined) counts[what] += 1;
  }
}
