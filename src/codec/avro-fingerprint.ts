/** CRC-64-AVRO, as in the Avro specification under "Schema Fingerprints". */
const EMPTY = 0xc15d213aa4d7a795n;

const TABLE: readonly bigint[] = Array.from({ length: 256 }, (_, index) => {
  let entry = BigInt(index);
  for (let bit = 0; bit < 8; bit++) entry = (entry >> 1n) ^ (entry & 1n ? EMPTY : 0n);
  return entry;
});

/**
 * The Rabin fingerprint of a schema's canonical form, 8 bytes little-endian, as single-object encoding carries it.
 * @param canonicalForm the schema in Parsing Canonical Form
 */
export const rabinFingerprint = (canonicalForm: string): Buffer => {
  let crc = EMPTY;
  for (const byte of Buffer.from(canonicalForm)) {
    crc = (crc >> 8n) ^ TABLE[Number((crc ^ BigInt(byte)) & 0xffn)]!;
  }
  const fingerprint = Buffer.alloc(8);
  fingerprint.writeBigUInt64LE(crc);
  return fingerprint;
};
