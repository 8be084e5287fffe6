import { anyOf, is, isAddress, oneOf, type Clause } from './clause.ts';
import { candidatesByPrincipal } from './candidate-filters.ts';
import { byAddress, byKey, byPrincipal, bySession } from './event-filters.ts';

/**
 * Everything of an actor, by index: a principal or its name, a session, a key or an address.
 * @param candidateIds candidates of its events: a candidate tells neither a key nor an address that is a name
 */
export const actorHistory = (
  name: string,
  candidateIds: readonly string[] = [],
): Readonly<Record<'auditEvents' | 'driftCandidates', Clause>> => ({
  auditEvents: anyOf([byPrincipal(name), bySession(name), byKey(name), byAddress(name)]),
  driftCandidates: anyOf([
    candidatesByPrincipal(name),
    is('session_uid', name),
    ...(isAddress(name) ? [is('source_ip', name)] : []),
    ...(candidateIds.length === 0 ? [] : [oneOf('candidate_id', candidateIds)]),
  ]),
});
