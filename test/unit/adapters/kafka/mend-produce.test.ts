import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mendProduce } from '../../../../src/adapters/kafka/mend-produce.ts';

interface Encoded {
  readonly buffer: Buffer;
}

interface Protocol {
  protocol(version: {
    readonly version: number;
  }): (request: object) => { readonly request: { encode(): Promise<Encoded> } };
}

const require = createRequire(import.meta.url);
const PRODUCE = 'kafkajs/src/protocol/requests/produce/index.js';
const produce = require(PRODUCE) as Protocol;
const createRequest = require('kafkajs/src/protocol/request.js') as (asked: {
  readonly correlationId: number;
  readonly clientId: string;
  readonly request: object;
}) => Promise<Encoded>;
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => {
  readonly buf: Buffer;
  readonly buffer: Buffer;
  writeBufferInternal(bytes: Buffer): void;
};
/** kafkajs as it is without the mend, which another test of this process may have made before. */
const unmended = (): Protocol['protocol'] => {
  const isOfClient = (path: string): boolean => path.includes('/kafkajs/src/');
  const mended = Object.entries(require.cache).filter(([path]) => isOfClient(path));
  for (const [path] of mended) delete require.cache[path];
  const { protocol } = require(PRODUCE) as Protocol;
  for (const path of Object.keys(require.cache).filter(isOfClient)) delete require.cache[path];
  for (const [path, module] of mended) require.cache[path] = module;
  return protocol;
};
const kafkajs = unmended();

const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
const field = fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 200 }));
const message = fc.record(
  {
    key: fc.option(field, { nil: null }),
    value: fc.option(field, { nil: null }),
    headers: fc.dictionary(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.oneof(field, fc.array(field, { maxLength: 3 })),
      { maxKeys: 4 },
    ),
  },
  { requiredKeys: ['key', 'value'] },
);
const partition = fc.record({
  partition: fc.nat(1_000),
  firstSequence: fc.nat(),
  messages: fc.array(message, { minLength: 1, maxLength: 70 }),
});
const request = fc.record({
  acks: fc.constant(-1),
  timeout: fc.nat(),
  transactionalId: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  producerId: fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String),
  producerEpoch: fc.nat(32_767),
  compression: fc.constant(undefined),
  topicData: fc.array(
    fc.record({ topic: fc.string(), partitions: fc.array(partition, { maxLength: 4 }) }),
    { maxLength: 3 },
  ),
});

const encoded = async (of: Protocol['protocol'], asked: object, version: number): Promise<string> =>
  (await of({ version })(asked).request.encode()).buffer.toString('hex');

const asking = (times: readonly (string | null | undefined)[]): object => ({
  acks: -1,
  timeout: 1,
  topicData: [
    {
      topic: 't',
      partitions: [
        {
          partition: 0,
          messages: times.map((timestamp) => ({ key: null, value: 'v', timestamp })),
        },
      ],
    },
  ],
});

/** Of the one batch of `asking`: behind id, acks, timeout, topics, name, partitions and partition. */
const batchLength = (request: Buffer): number => request.readInt32BE(2 + 2 + 4 + 4 + 3 + 4 + 4);

describe('a produce request', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_790_000_000_000 });
    mendProduce();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('has the bytes that kafkajs gives it', async () => {
    expect(produce.protocol).not.toBe(kafkajs);
    await fc.assert(
      fc.asyncProperty(request, fc.constantFrom(3, 5, 7), async (asked, version) => {
        expect(await encoded(produce.protocol, asked, version)).toBe(
          await encoded(kafkajs, asked, version),
        );
      }),
    );
  });

  it('is framed by kafkajs as its own, whatever others are encoded at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 5 }), async (all) => {
        const framed = await Promise.all(
          all.map((asked, correlationId) =>
            createRequest({
              correlationId,
              clientId: 'c',
              request: {
                apiKey: 0,
                apiVersion: 7,
                ...produce.protocol({ version: 7 })(asked).request,
              },
            }),
          ),
        );
        for (const [correlationId, { buffer }] of framed.entries()) {
          const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, correlationId, 0, 1, 0x63]);
          const body = await encoded(kafkajs, all[correlationId]!, 7);
          head.writeInt32BE(head.length - 4 + body.length / 2);
          expect(buffer.toString('hex')).toBe(head.toString('hex') + body);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('grows no slower than it is written, where kafkajs writes many large parts', () => {
    const encoder = new Encoder();
    const part = Buffer.alloc(20_000, 1);
    let grown = 0;
    let memory = encoder.buf;
    for (let count = 0; count < 400; count++) {
      encoder.writeBufferInternal(part);
      if (encoder.buf !== memory) grown++;
      memory = encoder.buf;
    }
    expect(encoder.buffer.equals(Buffer.alloc(400 * 20_000, 1))).toBe(true);
    expect(grown).toBeLessThan(12);
  });

  it('keeps the times of messages that have one', async () => {
    const asked = asking(['1690000000123', '1700000000000']);
    expect(await encoded(produce.protocol, asked, 7)).toBe(await encoded(kafkajs, asked, 7));
  });

  it('has the latest time where times are out of order or absent', async () => {
    for (const times of [
      ['1700000000000', undefined],
      ['1700000000000', null],
      ['1790000000000', '1690000000000'],
    ]) {
      const { buffer } = await produce.protocol({ version: 7 })(asking(times)).request.encode();
      const batch = buffer.subarray(buffer.length - batchLength(buffer));
      expect(Number(batch.readBigInt64BE(27))).toBe(Number(times[0]));
      expect(Number(batch.readBigInt64BE(35))).toBe(1_790_000_000_000);
    }
  });

  it('is left to kafkajs where it is compressed, or in an older format', async () => {
    const asked = {
      acks: -1,
      timeout: 1,
      compression: 1,
      topicData: [
        { topic: 't', partitions: [{ partition: 0, messages: [{ key: 'k', value: 'v' }] }] },
      ],
    };
    for (const version of [2, 7]) {
      expect(await encoded(produce.protocol, asked, version)).toBe(
        await encoded(kafkajs, asked, version),
      );
    }
  });
});
