/** The reflected polynomial of Castagnoli, which Kafka's record batches are checked by. */
const POLYNOMIAL = 0x82f63b78;
/** Bytes a step. */
const WIDTH = 8;
const SIZE = 256;

/** `WIDTH` tables of 256 entries: what a byte adds from so many bytes before the end of the step. */
const TABLES = ((): Int32Array => {
  const tables = new Int32Array(WIDTH * SIZE);
  for (let byte = 0; byte < SIZE; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let at = SIZE; at < tables.length; at++) {
    const before = tables[at - SIZE]!;
    tables[at] = (before >>> 8) ^ tables[before & 0xff]!;
  }
  return tables;
})();

/** CRC-32C of bytes, eight a step ("slicing-by-8"), without sign. */
export const crc32c = (bytes: Uint8Array): number => {
  const { length } = bytes;
  let crc = -1;
  let at = 0;
  for (; at + WIDTH <= length; at += WIDTH) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      TABLES[7 * SIZE + (crc & 0xff)]! ^
      TABLES[6 * SIZE + ((crc >>> 8) & 0xff)]! ^
      TABLES[5 * SIZE + ((crc >>> 16) & 0xff)]! ^
      TABLES[4 * SIZE + (crc >>> 24)]! ^
      TABLES[3 * SIZE + bytes[at + 4]!]! ^
      TABLES[2 * SIZE + bytes[at + 5]!]! ^
      TABLES[SIZE + bytes[at + 6]!]! ^
      TABLES[bytes[at + 7]!]!;
  }
  for (; at < length; at++) crc = TABLES[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
};
