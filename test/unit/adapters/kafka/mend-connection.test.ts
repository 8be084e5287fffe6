import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mendConnection } from '../../../../src/adapters/kafka/mend-connection.ts';
import { calmRequestQueueTimer } from '../../../../src/adapters/kafka/request-queue-timer.ts';
import {
  ANSWER_TIME_MS,
  brokerStandIn,
  type BrokerStandIn,
} from '../../../support/broker-stand-in.ts';

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => unknown;

/** A request whose answer is its payload. */
const request = (requestTimeout?: number) => ({
  request: {
    apiKey: 3,
    apiVersion: 0,
    apiName: 'Metadata',
    encode: async () => new Encoder(),
  },
  response: {
    decode: async (payload: Buffer) => ({ text: payload.toString() }),
    parse: async ({ text }: { readonly text: string }) => text,
  },
  ...(requestTimeout === undefined ? {} : { requestTimeout }),
});

/** Whole answers, one for each request: the length, the correlation id of the request, and the text. */
const answerTo = (asked: Buffer, text: string): Buffer => {
  const answer = Buffer.alloc(8);
  answer.writeInt32BE(4 + text.length, 0);
  answer.writeInt32BE(asked.readInt32BE(8), 4);
  return Buffer.concat([answer, Buffer.from(text)]);
};

describe('a connection to a broker', () => {
  let broker: BrokerStandIn;
  let connection: BrokerStandIn['connection'];
  let sockets: BrokerStandIn['sockets'];
  /** What becomes of data that arrives at the nth socket. */
  let onData: (socket: Socket, nth: number, data: Buffer) => void;

  beforeEach(async () => {
    calmRequestQueueTimer();
    mendConnection();
    broker = await brokerStandIn((socket, nth, data) => onData(socket, nth, data));
    ({ connection, sockets } = broker);
    await connection.connect();
  });

  afterEach(() => broker.end());

  it('is closed where an answer does not come, and the next request gets its own', async () => {
    onData = (socket, nth, data) => {
      if (nth > 1) socket.write(answerTo(data, 'here'));
    };
    await expect(connection.send(request())).rejects.toThrow('timed out');
    expect(connection.isConnected()).toBe(false);
    await connection.connect();
    await expect(connection.send(request())).resolves.toBe('here');
    expect(sockets).toHaveLength(2);
  });

  it('fails the other requests of a way that is half open at once', async () => {
    onData = () => undefined;
    const late = expect(connection.send(request())).rejects.toThrow('timed out');
    await new Promise((resolve) => setTimeout(resolve, ANSWER_TIME_MS - 50));
    const other = expect(connection.send(request())).rejects.toThrow('did not answer in time');
    await Promise.all([late, other]);
  });

  it('fails a sign-in that waits while the connection breaks', async () => {
    onData = (socket) => void socket.write('HTTP/1.1 400 Bad Request');
    const signIn = connection.sendAuthRequest({
      request: { encode: async () => Buffer.from('token') },
      response: { decode: async () => ({}), parse: async () => 'signed in' },
    });
    await expect(signIn).rejects.toThrow('Connection closed');
  });

  it('is kept while a request is on its way that may take longer', async () => {
    const asked: Buffer[] = [];
    onData = (_socket, _nth, data) => void asked.push(data);
    const patient = connection.send(request(60_000));
    await expect(connection.send(request())).rejects.toThrow('timed out');
    expect(connection.isConnected()).toBe(true);
    const [first = Buffer.alloc(12)] = asked;
    sockets[0]?.write(answerTo(first, 'at last'));
    await expect(patient).resolves.toBe('at last');
  });

  it('reads the first answer of a new way, though the one before broke in the middle of one', async () => {
    onData = (socket, nth, data) => {
      if (nth > 1) return void socket.write(answerTo(data, 'whole'));
      socket.write(answerTo(data, 'broken off').subarray(0, 12), () => socket.resetAndDestroy());
    };
    await expect(connection.send(request())).rejects.toThrow('ECONNRESET');
    await connection.connect();
    await expect(connection.send(request())).resolves.toBe('whole');
  });

  it('waits five seconds at its end for answers that do not come', async () => {
    const asked = Promise.withResolvers<void>();
    onData = () => asked.resolve();
    const unanswered = expect(connection.send(request(60_000))).rejects.toThrow('Closed');
    await asked.promise;
    vi.useFakeTimers();
    try {
      const disconnected = connection.disconnect();
      await vi.advanceTimersByTimeAsync(5_000);
      await disconnected;
      await unanswered;
    } finally {
      vi.useRealTimers();
    }
    expect(connection.isConnected()).toBe(false);
  });

  it('is opened once, whoever asks for it at the same time', async () => {
    sockets[0]?.destroy();
    await expect.poll(() => connection.isConnected()).toBe(false);
    await Promise.all([connection.connect(), connection.connect()]);
    expect(sockets).toHaveLength(2);
  });
});
