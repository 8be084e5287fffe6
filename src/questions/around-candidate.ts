import { ownString, ownValue, type JsonObject } from '../core/model/json.ts';
import { allOf, anyOf, within, type Clause } from './clause.ts';
import { EVENT_COLUMNS } from './columns.ts';
import { byAddress, byKey, byPrincipal, bySession } from './event-filters.ts';
import type { Column } from './question.ts';
import { actsOn } from './resource-history.ts';

/** What ties an event to a candidate. */
export const TIES = ['session', 'principal', 'key', 'address', 'resource'] as const;
export type Tie = (typeof TIES)[number];

export const AROUND_COLUMNS: readonly Column[] = [
  ...EVENT_COLUMNS.slice(0, -1),
  { title: 'SAME', path: '_matched' },
  ...EVENT_COLUMNS.slice(-1),
];

/**
 * All acts of the session, principal, key and address of a candidate, and on its resource, so long before and after it.
 * Undefined where the candidate tells none of what is asked for.
 * @param candidate its document
 * @param event the document of its event, which alone tells the key; undefined where it is not there
 * @param names further names of its resource
 */
export const aroundCandidate = (
  candidate: JsonObject,
  event: JsonObject | undefined,
  windowMs: number,
  ties: readonly Tie[] = TIES,
  names: readonly string[] = [],
): readonly Clause[] | undefined => {
  const actor = ownValue(candidate, 'actor');
  const resource = ownValue(candidate, 'resource');
  const user = ownValue(ownValue(event, 'actor'), 'user');
  const session = ownString(candidate, 'session_uid');
  const principal = ownString(actor, 'principal');
  const key = ownString(user, 'credential_uid');
  const address = ownString(candidate, 'source_ip');
  const own = (['key', 'identity'] as const).flatMap((name) => ownString(resource, name) ?? []);
  const found: Readonly<Record<Tie, readonly Clause[]>> = {
    session: session === undefined ? [] : [bySession(session)],
    principal: principal === undefined ? [] : [byPrincipal(principal)],
    key: key === undefined ? [] : [byKey(key)],
    address: address === undefined ? [] : [byAddress(address)],
    resource: own.length === 0 ? [] : actsOn([...new Set([...own, ...names])]),
  };
  const clauses = ties.flatMap((tie) => (found[tie].length === 0 ? [] : [anyOf(found[tie], tie)]));
  const time = ownValue(candidate, 'time');
  if (clauses.length === 0 || typeof time !== 'number') return undefined;
  return [
    ...within({ since: time - windowMs, until: time + windowMs + 1 }),
    allOf([anyOf(clauses)]),
  ];
};
