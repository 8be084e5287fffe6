import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBulk } from '../../faults/support/proxied-request.ts';
import {
  createRequestCutter,
  httpFraming,
  kafkaFraming,
  type Framing,
} from '../../faults/support/request-framing.ts';

const kafkaRequest = (body: Uint8Array): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
};
const httpRequest = (body: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`POST /a/_bulk?x=1 HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
  ]);

const cutAnywhere = (
  framing: Framing,
  requests: readonly Buffer[],
  sizes: readonly number[],
): readonly Buffer[] => {
  const cut = createRequestCutter(framing);
  const stream = Buffer.concat(requests);
  const found: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < stream.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    found.push(...cut(stream.subarray(at, at + size)));
    at += size;
  }
  return found;
};

describe('the request cutter', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 });
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });

  it.each([
    ['Kafka', kafkaFraming, kafkaRequest],
    ['HTTP', httpFraming, httpRequest],
  ] as const)(
    'gives the requests of %s whole and in order, wherever the stream is cut',
    (_name, framing, make) => {
      fc.assert(
        fc.property(bodies, sizes, (each, pieces) => {
          const requests = each.map(make);
          expect(cutAnywhere(framing, requests, pieces)).toEqual(requests);
        }),
      );
    },
  );

  it('knows a bulk write by its request line', () => {
    expect(isBulk(httpRequest(Buffer.from('x')))).toBe(true);
    expect(isBulk(Buffer.from('GET /_bulk HTTP/1.1\r\n\r\n'))).toBe(false);
  });
});
