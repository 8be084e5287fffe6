import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mendConnection } from '../../../../src/adapters/kafka/mend-connection.ts';
import { mendSignIn } from '../../../../src/adapters/kafka/mend-sign-in.ts';
import { calmRequestQueueTimer } from '../../../../src/adapters/kafka/request-queue-timer.ts';
import {
  ANSWER_TIME_MS,
  brokerStandIn,
  type BrokerStandIn,
} from '../../../support/broker-stand-in.ts';

const HANDSHAKE = 17;
const AUTHENTICATE = 36;

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int16(value.length), Buffer.from(value)]);

/** The answer to a request, whose correlation id it has. */
const answer = (asked: Buffer, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat([asked.subarray(8, 12), ...parts]);
  return Buffer.concat([int32(body.length), body]);
};

const handshake = (asked: Buffer): Buffer => answer(asked, int16(0), int32(1), text('PLAIN'));
const signedIn = (asked: Buffer): Buffer =>
  answer(asked, int16(0), int16(-1), int32(0), Buffer.alloc(8));
const refused = (asked: Buffer): Buffer =>
  answer(asked, int16(58), text('Authentication failed'), int32(0), Buffer.alloc(8));

describe('the sign-in at a broker', () => {
  let broker: BrokerStandIn;
  let connection: BrokerStandIn['connection'];
  /** What becomes of a request. */
  let onRequest: (socket: Socket, api: number, asked: Buffer) => void;

  beforeEach(async () => {
    calmRequestQueueTimer();
    mendConnection();
    mendSignIn();
    broker = await brokerStandIn(
      (socket, _nth, asked) => onRequest(socket, asked.readInt16BE(4), asked),
      { sasl: { mechanism: 'plain', username: 'user', password: 'secret' } },
    );
    ({ connection } = broker);
    connection.setVersions({
      [HANDSHAKE]: { minVersion: 0, maxVersion: 1 },
      [AUTHENTICATE]: { minVersion: 0, maxVersion: 1 },
    });
    connection.setSupportAuthenticationProtocol(true);
    await connection.connect();
  });

  afterEach(() => broker.end());

  const whole = (socket: Socket, api: number, asked: Buffer): void =>
    void socket.write(api === HANDSHAKE ? handshake(asked) : signedIn(asked));

  it.each([
    ['the mechanism', HANDSHAKE],
    ['the password', AUTHENTICATE],
  ])(
    'ends in time where a half-open way gives no answer to %s, and may be tried again',
    async (_name, silent) => {
      onRequest = (socket, api, asked) => {
        if (api !== silent) whole(socket, api, asked);
      };
      const before = performance.now();
      await expect(connection.authenticate()).rejects.toMatchObject({
        name: 'KafkaJSRequestTimeoutError',
        retriable: true,
      });
      expect(performance.now() - before).toBeLessThan(ANSWER_TIME_MS * 3);
      expect(connection.isConnected()).toBe(false);

      onRequest = whole;
      await connection.connect();
      await connection.authenticate();
      expect(connection.isAuthenticated()).toBe(true);
    },
  );

  it('may be tried again where the broker ends in the middle of it', async () => {
    onRequest = (socket, api, asked) => {
      if (api === HANDSHAKE) socket.write(handshake(asked));
      else socket.destroy();
    };
    await expect(connection.authenticate()).rejects.toMatchObject({
      name: expect.stringMatching(/^KafkaJSConnection/) as unknown,
      retriable: true,
    });
  });

  it('is refused for good where the broker says so', async () => {
    onRequest = (socket, api, asked) =>
      void socket.write(api === HANDSHAKE ? handshake(asked) : refused(asked));
    await expect(connection.authenticate()).rejects.toMatchObject({
      name: 'KafkaJSSASLAuthenticationError',
      retriable: false,
      message: expect.stringContaining('Authentication failed') as unknown,
    });
  });
});
