import type { DesiredIndex, DesiredResource } from '../../core/model/desired-resource.ts';
import type { Provider } from '../../core/model/provider.ts';

/** A desired-state index that can be written. The last write of a key wins; an identity may denote many keys. */
export interface DesiredStore extends DesiredIndex {
  upsert(resource: DesiredResource): void;
  /** Nothing happens where the key is absent. */
  remove(key: string): void;
}

/** Holds all desired resources in memory: about 2 KB for each, and 200 B for each identity. */
export const createMemoryIndex = (): DesiredStore => {
  const byKey = new Map<string, DesiredResource>();
  const byIdentity = new Map<string, readonly DesiredResource[]>();
  const byAccount = new Map<string, number>();

  const count = (resource: DesiredResource, by: 1 | -1): void => {
    if (resource.account === undefined) return;
    const name = accountName(resource.provider, resource.account);
    const counted = (byAccount.get(name) ?? 0) + by;
    if (counted === 0) byAccount.delete(name);
    else byAccount.set(name, counted);
  };

  const remove = (key: string): void => {
    const old = byKey.get(key);
    if (old === undefined) return;
    byKey.delete(key);
    count(old, -1);
    for (const identity of old.identities) {
      const rest = (byIdentity.get(identity) ?? []).filter((resource) => resource !== old);
      if (rest.length === 0) byIdentity.delete(identity);
      else byIdentity.set(identity, rest);
    }
  };

  const upsert = (resource: DesiredResource): void => {
    remove(resource.key);
    byKey.set(resource.key, resource);
    count(resource, 1);
    for (const identity of new Set(resource.identities)) {
      byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), resource]);
    }
  };

  return {
    upsert,
    remove,
    lookup: (identity) => byIdentity.get(identity) ?? [],
    covers: (provider: Provider, account) => byAccount.has(accountName(provider, account)),
    get size() {
      return byKey.size;
    },
  };
};

const accountName = (provider: string, account: string): string => `${provider}\n${account}`;
