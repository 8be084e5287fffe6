interface FetchLimits {
  readonly maxBytesPerPartition: number;
  readonly partitionsConsumedConcurrently: number;
}

/**
 * kafkajs takes 10 MiB, and an answer is held until the last of its records is done with: of small records that was 50 MB
 * more memory at full rate, and no less processor time; 4 MiB take a tenth more of it.
 */
const LEAST_BYTES = 6 * 1024 * 1024;

/** Most bytes of one fetch over all partitions of a broker, which kafkajs asks for in another order each time. */
export const fetchBytes = (limits: FetchLimits): number =>
  Math.max(LEAST_BYTES, limits.maxBytesPerPartition * limits.partitionsConsumedConcurrently);
