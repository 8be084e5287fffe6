/**
 * How many bulk requests may be under way: additive increase, multiplicative decrease. A request that OpenSearch was too
 * busy for halves the limit, each full round of accepted ones adds one.
 */
export interface ConcurrencyLimit {
  /** Whole, at least 1. */
  readonly current: number;
  /** To be given to `overloaded`: requests that began before a cut tell nothing about it. */
  begin(): number;
  accepted(): void;
  overloaded(begun: number): void;
}

export const createConcurrencyLimit = (
  max: number,
  onChange: (limit: number) => void = () => undefined,
): ConcurrencyLimit => {
  let limit = max;
  let round = 0;
  let accepted = 0;
  const set = (next: number): void => {
    accepted = 0;
    if (next === limit) return;
    limit = next;
    onChange(limit);
  };
  return {
    get current() {
      return limit;
    },
    begin: () => round,
    accepted: () => {
      accepted += 1;
      if (accepted >= limit) set(Math.min(max, limit + 1));
    },
    overloaded: (begun) => {
      if (begun < round) return;
      round += 1;
      set(Math.max(1, Math.floor(limit / 2)));
    },
  };
};
