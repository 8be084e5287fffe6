import type { PayloadParts } from '../../codec/desired-resource-payload.ts';
import { accountKey } from './account-key.ts';
import { sameBytes } from './same-bytes.ts';
import { createTextHash, hashBytes, KEY_SEED } from './text-hash.ts';

/** What a transaction adds to the number of resources that each account has. */
export interface AccountChanges {
  /** Counts a resource; one without an account is not counted. */
  count(parts: PayloadParts, by: 1 | -1): void;
  /**
   * Hands over the sums that have changed, by the key that an account is counted under, and starts anew. `held`: tells
   * the sum of an account that nothing was counted of yet.
   */
  take(held: (key: Buffer) => number): Iterable<{ readonly key: Buffer; readonly sum: number }>;
}

interface Change {
  readonly provider: Buffer;
  readonly account: Buffer;
  readonly key: Buffer;
  by: number;
  sum: number | undefined;
}

/** Known accounts are kept, so that their names are not made again for each resource. */
const MAX_KNOWN = 10_000;

export const createAccountChanges = (): AccountChanges => {
  const hash = createTextHash();
  const known = new Map<number, Change[]>();
  let size = 0;

  const changeOf = (parts: PayloadParts): Change => {
    const { bytes, providerStart, providerEnd, accountStart, accountEnd } = parts;
    hashBytes(hash, KEY_SEED, bytes, accountStart, accountEnd);
    const alike = known.get(hash.low);
    const found = alike?.find(
      ({ provider, account }) =>
        account.length === accountEnd - accountStart &&
        provider.length === providerEnd - providerStart &&
        sameBytes(account, 0, bytes, accountStart, account.length) &&
        sameBytes(provider, 0, bytes, providerStart, provider.length),
    );
    if (found !== undefined) return found;
    const provider = Buffer.from(bytes.subarray(providerStart, providerEnd));
    const account = Buffer.from(bytes.subarray(accountStart, accountEnd));
    const change = {
      provider,
      account,
      key: accountKey(provider.toString(), account.toString()),
      by: 0,
      sum: undefined,
    };
    if (alike === undefined) known.set(hash.low, [change]);
    else alike.push(change);
    size++;
    return change;
  };

  return {
    count: (parts, by) => {
      if (parts.accountEnd >= 0) changeOf(parts).by += by;
    },
    take: (held) => {
      const taken: { readonly key: Buffer; readonly sum: number }[] = [];
      for (const changes of known.values())
        for (const change of changes) {
          if (change.by === 0) continue;
          change.sum = (change.sum ?? held(change.key)) + change.by;
          change.by = 0;
          taken.push({ key: change.key, sum: change.sum });
        }
      if (size > MAX_KNOWN) {
        known.clear();
        size = 0;
      }
      return taken;
    },
  };
};
