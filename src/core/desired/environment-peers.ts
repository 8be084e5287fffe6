import type { DesiredIndex, DesiredResource } from '../model/desired-resource.ts';
import type { Change, ChangePeer } from '../model/drift-candidate.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import type { CompiledEnvironmentRules } from './environment-words.ts';
import { peerIdentity } from './peer-identity.ts';

const MAX_PEERS = 5;
/** Characters of a value's JSON text; a longer one would make the candidate a copy of other resources. */
const MAX_VALUE_LENGTH = 4_096;

/**
 * The same logical resource in other environments, in order of their names. An environment that has several is left
 * out: which of them is the peer cannot be told.
 */
export const peersOf = (
  owner: DesiredResource,
  index: DesiredIndex,
): readonly DesiredResource[] => {
  const others = index
    .lookup(peerIdentity(owner))
    .filter(({ environment }) => environment !== owner.environment);
  if (others.length === 0) return others;
  return [...Map.groupBy(others, ({ environment }) => environment)]
    .flatMap(([, [peer, ...more]]) => (peer === undefined || more.length > 0 ? [] : [peer]))
    .sort((a, b) => (a.environment < b.environment ? -1 : 1));
};

/**
 * What the peers have for the attribute of a change; none where values say nothing: of a type without a table, a
 * secret, an attribute that cannot be compared or that differs in every environment.
 * @param desiredOf what a resource says where the change is, undefined for a value that cannot be told
 */
export const changePeers = (
  change: Change,
  peers: readonly DesiredResource[],
  types: ResourceTypeTable,
  rules: CompiledEnvironmentRules,
  desiredOf: (peer: DesiredResource) => Change,
): readonly ChangePeer[] =>
  peers
    .filter(
      ({ type }) =>
        change.verdict !== 'unknown' &&
        Object.hasOwn(types, type) &&
        rules.comparison(type, change.path) === 'values',
    )
    .flatMap((peer): readonly ChangePeer[] => {
      const { verdict, desired } = desiredOf(peer);
      if (verdict === 'unknown' || isLong(desired)) return [];
      const { environment, address } = peer;
      return [{ environment, address, ...(desired === undefined ? {} : { value: desired }) }];
    })
    .slice(0, MAX_PEERS);

const isLong = (value: Change['desired']): boolean =>
  value !== undefined && JSON.stringify(value).length > MAX_VALUE_LENGTH;
