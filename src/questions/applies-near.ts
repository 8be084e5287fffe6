import { ownString, ownValue, type JsonObject } from '../core/model/json.ts';
import { allOf, anyOf, is, within, type Clause } from './clause.ts';

/** So many candidates are looked around in one search. */
export const CANDIDATES_A_SEARCH = 100;

/**
 * Code's own acts on the resources of the candidates, so long before and after each. A document that is found names the
 * candidates that it lies near (`matched_queries`). Undefined where no candidate has an owner.
 */
export const appliesNear = (
  candidates: readonly JsonObject[],
  windowMs: number,
): readonly Clause[] | undefined => {
  const near = candidates.flatMap((candidate) => {
    const id = ownString(candidate, 'candidate_id');
    const key = ownString(ownValue(candidate, 'resource'), 'key');
    const time = ownValue(candidate, 'time');
    if (id === undefined || key === undefined || typeof time !== 'number') return [];
    const range = within({ since: time - windowMs, until: time + windowMs + 1 });
    return [allOf([is('driftline.owners.key', key), ...range], id)];
  });
  return near.length === 0 ? undefined : [is('driftline.outcome', 'iac'), anyOf(near)];
};
