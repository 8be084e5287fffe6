import type { PayloadParts } from '../../codec/desired-resource-parts.ts';
import { accountKey } from './account-key.ts';
import { sameBytes } from './same-bytes.ts';
import { createTextHash, hashBytes, KEY_SEED } from './text-hash.ts';

/** Where a resource says which account it is of. */
export type AccountPlace = Pick<
  PayloadParts,
  'bytes' | 'providerStart' | 'providerEnd' | 'accountStart' | 'accountEnd'
>;

/** What a transaction adds to the number of resources that each account has. */
export interface AccountChanges {
  /** Counts a resource; one without an account is not counted. */
  count(place: AccountPlace, by: 1 | -1): void;
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

  const isOf = ({ provider, account }: Change, place: AccountPlace): boolean =>
    account.length === place.accountEnd - place.accountStart &&
    provider.length === place.providerEnd - place.providerStart &&
    sameBytes(account, 0, place.bytes, place.accountStart, account.length) &&
    sameBytes(provider, 0, place.bytes, place.providerStart, provider.length);

  const changeOf = (place: AccountPlace): Change => {
    const { bytes, providerStart, providerEnd, accountStart, accountEnd } = place;
    hashBytes(hash, KEY_SEED, bytes, accountStart, accountEnd);
    const alike = known.get(hash.low);
    if (alike !== undefined) for (const each of alike) if (isOf(each, place)) return each;
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
    count: (place, by) => {
      if (place.accountEnd >= 0) changeOf(place).by += by;
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
