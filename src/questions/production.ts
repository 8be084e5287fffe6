import { likeOneOf, not, type Clause } from './clause.ts';

/**
 * What people call the environment that customers see. The severity of a candidate (`config/severity.json`) and the
 * rule `console-drift-in-production.yml` go by the same globs.
 */
export const PRODUCTION: readonly string[] = [
  ...['prod*', '*-prod', '*-prod-*', '*-production', '*-production-*'],
  ...['prd*', '*-prd', '*-prd-*'],
  ...['live', 'live-*', '*-live'],
];

/** Of these, what is called by what it is not, or not yet. */
export const NOT_PRODUCTION: readonly string[] = ['*pre-pr*d*', '*non-pr*d*'];

/** Candidates of the environments of production. */
export const inProduction: readonly Clause[] = [
  likeOneOf('resource.environment', PRODUCTION),
  not(likeOneOf('resource.environment', NOT_PRODUCTION)),
];
