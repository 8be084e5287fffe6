/** A message as kafkajs decodes it, in the parts that matter here. */
export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  /** kafkajs hands over no control record. */
  isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export interface FetchedPartition {
  messages: readonly FetchedMessage[];
  abortedTransactions: readonly AbortedTransaction[] | null;
}

/** Key of a control record: a version, then 0 for abort or 1 for commit, two bytes each. */
const isAbortMarker = ({ isControlRecord, key }: FetchedMessage): boolean =>
  isControlRecord && key !== null && key.length >= 4 && key.readInt16BE(2) === 0;

/**
 * Makes the records of aborted transactions look like control records, which kafkajs leaves out, and takes the list of
 * transactions away from it. Pure but for that.
 *
 * kafkajs 2.2.4 takes the broker's list of aborted transactions to be in the order of their first offsets, but it is in
 * the order of their ends; it begins at most one transaction a record; and it takes a record whose key is four zero
 * bytes for the end of one. Each lets records through that were never committed, as when two producers of one topic
 * abort at the same time.
 */
export const hideAborted = (partition: FetchedPartition): void => {
  const toCome = [...(partition.abortedTransactions ?? [])].sort((a, b) =>
    BigInt(a.firstOffset) < BigInt(b.firstOffset) ? -1 : 1,
  );
  partition.abortedTransactions = [];
  if (toCome.length === 0) return;
  const aborted = new Set<string>();
  for (const message of partition.messages) {
    const offset = BigInt(message.offset);
    for (let first = toCome[0]; first !== undefined; first = toCome[0]) {
      if (BigInt(first.firstOffset) > offset) break;
      aborted.add(first.producerId);
      toCome.shift();
    }
    const { producerId, inTransaction } = message.batchContext;
    if (isAbortMarker(message)) aborted.delete(producerId);
    else if (inTransaction && aborted.has(producerId)) message.isControlRecord = true;
  }
};
