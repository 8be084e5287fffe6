import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackOptions } from '../../../deploy/local/options.ts';
import { kafkaDataFolder } from '../../../deploy/local/kafka-settings.ts';

/** Record batch, version 2: https://kafka.apache.org/documentation/#recordbatch */
const lengthAt = 8;
const crcAt = 17;
const attributesAt = 21;
const headBytes = 12;
const codecMask = 0x07;

const castagnoli = 0x82f63b78;

const crc32c = (bytes: Buffer): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ castagnoli : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
};

/**
 * Writes another codec into the last batch of a partition's first segment, checksum and all. A broker takes no such
 * batch from a producer, but hands over whatever its log holds. The broker must not run.
 */
export const rewriteLastCodec = (
  stack: StackOptions,
  topic: string,
  partition: number,
  codec: number,
): void => {
  const file = join(kafkaDataFolder(stack), `${topic}-${partition}`, `${'0'.repeat(20)}.log`);
  const log = readFileSync(file);
  let at = 0;
  for (;;) {
    const next = at + headBytes + log.readInt32BE(at + lengthAt);
    if (next >= log.length || log.readInt32BE(next + lengthAt) === 0) {
      const attributes = log.readInt16BE(at + attributesAt);
      log.writeInt16BE((attributes & ~codecMask) | codec, at + attributesAt);
      log.writeUInt32BE(crc32c(log.subarray(at + attributesAt, next)), at + crcAt);
      writeFileSync(file, log);
      return;
    }
    at = next;
  }
};
