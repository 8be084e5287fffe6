import { isPeerIdentity } from '../core/desired/peer-identity.ts';
import type { HeldResources } from '../core/desired/publish-plan.ts';
import { isCollectionIdentity } from '../core/model/object-reference.ts';
import { lineageOf, type PreparedState } from './prepare-states.ts';

/** Resources of a state that the topic also holds under another environment. */
export interface PublishedElsewhere {
  readonly source: string;
  readonly scope: string;
  readonly resources: number;
}

type Identities = readonly string[];

/** Of scopes of the same lineage under another environment: identities, by scope and address. */
const elsewhereOf = (
  scope: string,
  held: HeldResources,
): ReadonlyMap<string, ReadonlyMap<string, Identities>> => {
  const lineage = lineageOf(scope);
  const found = new Map<string, Map<string, Identities>>();
  for (const [key, resource] of held) {
    if (resource?.identities === undefined || resource.scope === scope) continue;
    if (lineageOf(resource.scope) !== lineage) continue;
    const byAddress = found.get(resource.scope) ?? new Map<string, Identities>();
    found.set(resource.scope, byAddress);
    byAddress.set(key.slice(resource.scope.length), resource.identities);
  }
  return found;
};

/**
 * Where a state has been published under another environment, too: the same lineage with the same resources, told by
 * their identities. A unit of manifests may well have one name in each environment.
 */
export const publishedElsewhere = (
  states: readonly PreparedState[],
  held: HeldResources,
): readonly PublishedElsewhere[] =>
  states.flatMap(({ source, state }) => {
    const elsewhere = elsewhereOf(state.scope, held);
    if (elsewhere.size === 0) return [];
    const counts = new Map<string, number>();
    for (const { key, identities } of state.resources) {
      const own = identities.filter((each) => !isPeerIdentity(each) && !isCollectionIdentity(each));
      for (const [scope, byAddress] of elsewhere) {
        const others = byAddress.get(key.slice(state.scope.length)) ?? [];
        if (own.some((identity) => others.includes(identity)))
          counts.set(scope, (counts.get(scope) ?? 0) + 1);
      }
    }
    return Array.from(counts, ([scope, resources]) => ({ source, scope, resources }));
  });
