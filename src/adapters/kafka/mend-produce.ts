import { writeRecordBatch, type BatchMessage } from '../../codec/record-batch-writer.ts';
import { createByteWriter, type ByteWriter } from '../../codec/byte-writer.ts';
import { mendOnce } from './mend-once.ts';

/** What kafkajs asks to be produced at one broker. */
interface ProduceRequest {
  readonly transactionalId?: string | null | undefined;
  readonly acks: number;
  readonly timeout: number;
  /** 0, undefined: none. */
  readonly compression?: number | undefined;
  /** Decimal text, or -1. */
  readonly producerId?: string | number | { toString(): string } | undefined;
  readonly producerEpoch?: number | undefined;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number | undefined;
      readonly messages: readonly BatchMessage[];
    }[];
  }[];
}

/** What kafkajs takes of its own encoder: `buffer`, which it copies at once. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

interface Encoder {
  buf: Buffer;
  readonly offset: number;
}

interface Prepared {
  readonly request: { readonly encode: () => Promise<Encoded> };
}

interface ProduceProtocol {
  protocol(version: { readonly version: number }): (request: ProduceRequest) => Prepared;
}

/** The first version whose records stand in batches of format 2; the format of the request has not changed since. */
const FIRST_VERSION = 3;
const FIRST_SIZE = 64 * 1_024;
const LARGE = 16 * 1_024;
const NOTHING = Buffer.alloc(0);
const NO_EPOCH = 0;
const NO_SEQUENCE = 0;

const writeName = (to: ByteWriter, name: string | null): void => {
  if (name === null) return to.int16(-1);
  to.int16(Buffer.byteLength(name));
  to.bytes(name);
};

/** The body of a produce request: https://kafka.apache.org/protocol#The_Messages_Produce */
const writeProduce = (to: ByteWriter, request: ProduceRequest): void => {
  const { transactionalId = null, producerId = -1, producerEpoch = NO_EPOCH, topicData } = request;
  const producer = BigInt(producerId.toString());
  const now = Date.now();
  writeName(to, transactionalId);
  to.int16(request.acks);
  to.int32(request.timeout);
  to.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    writeName(to, topic);
    to.int32(partitions.length);
    for (const { partition, messages, firstSequence = NO_SEQUENCE } of partitions) {
      to.int32(partition);
      const lengthAt = to.length;
      to.int32(0);
      writeRecordBatch(to, messages, {
        isTransactional: Boolean(transactionalId),
        producerId: producer,
        producerEpoch,
        firstSequence,
        now,
      });
      const written = to.written();
      written.writeInt32BE(written.length - lengthAt - Int32Array.BYTES_PER_ELEMENT, lengthAt);
    }
  }
};

/**
 * kafkajs 2.2.4 writes a record into three buffers of its own, and each of the parts around it into another, so that a
 * record costs 20 µs. Mended for the whole process: all records of a request go into one buffer, used again for the
 * next, with the same bytes but where times of messages are out of order or partly absent: there kafkajs takes a wrong
 * one for the latest. What is compressed is left to kafkajs. And its copies of a large request are of its size, not of
 * the next power of two, and are not filled with zeros before.
 */
export const mendProduce = mendOnce((require) => {
  const produce = require('kafkajs/src/protocol/requests/produce/index.js') as ProduceProtocol;
  const { prototype } = require('kafkajs/src/protocol/encoder.js') as {
    readonly prototype: { ensureAvailable: (this: Encoder, length: number) => void };
  };
  const ensureAvailable = prototype.ensureAvailable;
  prototype.ensureAvailable = function (length) {
    const needed = this.offset + length;
    if (length < LARGE || needed <= this.buf.length) return ensureAvailable.call(this, length);
    const isFirst = this.offset < LARGE;
    const larger = Buffer.allocUnsafeSlow(isFirst ? needed : Math.max(needed, 2 * this.buf.length));
    this.buf.copy(larger, 0, 0, this.offset);
    this.buf = larger;
  };

  const writer = createByteWriter(FIRST_SIZE);
  const protocol = produce.protocol.bind(produce);
  produce.protocol = (version) => {
    const prepare = protocol(version);
    if (version.version < FIRST_VERSION) return prepare;
    return (request) => {
      const prepared = prepare(request);
      if ((request.compression ?? 0) !== 0) return prepared;
      const encoded: Encoded = {
        buf: NOTHING,
        get buffer() {
          writer.clear();
          writeProduce(writer, request);
          return writer.written();
        },
      };
      const encode = async (): Promise<Encoded> => encoded;
      return { ...prepared, request: { ...prepared.request, encode } };
    };
  };
});
