import type { ScopeCount } from './telemetry-event.ts';

/** Scopes that have a label of their own. */
const MOST = 200;
const MAX_LABEL = 200;
const OTHERS = '(others)';

/** The largest scopes, and all others as one: its serial says nothing, its time is the oldest. */
export const boundedScopes = (scopes: readonly ScopeCount[]): readonly ScopeCount[] => {
  const largest = scopes.toSorted(
    (a, b) => b.resources - a.resources || (a.scope < b.scope ? -1 : 1),
  );
  const named = largest.slice(0, MOST).map((each) => ({
    ...each,
    scope: each.scope.slice(0, MAX_LABEL),
  }));
  const rest = largest.slice(MOST);
  if (rest.length === 0) return named;
  return [
    ...named,
    {
      scope: OTHERS,
      resources: rest.reduce((sum, { resources }) => sum + resources, 0),
      serial: undefined,
      publishedTime: Math.min(...rest.map(({ publishedTime }) => publishedTime)),
    },
  ];
};
