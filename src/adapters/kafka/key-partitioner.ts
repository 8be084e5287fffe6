import { randomInt } from 'node:crypto';
import type { ICustomPartitioner } from 'kafkajs';

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/**
 * The hash that Kafka's own clients choose a key's partition by, of 32 bits with sign. kafkajs has it with a BigInt for
 * each step, which costs more than the rest of a record: https://github.com/apache/kafka/blob/3.9/clients/src/main/java/org/apache/kafka/common/utils/Utils.java
 */
export const murmur2 = (key: Uint8Array): number => {
  const { length } = key;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24);
    word = Math.imul(word, MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (at < length) {
    for (let left = length - 1; left >= at; left--) hash ^= key[left]! << (8 * (left - at));
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
};

/**
 * The partition that Kafka's own clients choose for a key; one after the other for records without one, from a random
 * one on. A message that names its partition keeps it.
 */
export const keyPartitioner: ICustomPartitioner = () => {
  const next = new Map<string, number>();
  return ({ topic, partitionMetadata, message }) => {
    const { key, partition } = message;
    if (partition !== undefined && partition !== null) return partition;
    if (key !== null && key !== undefined)
      return (
        (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) %
        partitionMetadata.length
      );
    const available = partitionMetadata.filter(({ leader }) => leader >= 0);
    const among = available.length > 0 ? available : partitionMetadata;
    const turn = next.get(topic) ?? randomInt(among.length);
    next.set(topic, turn + 1);
    return among[turn % among.length]?.partitionId ?? 0;
  };
};
