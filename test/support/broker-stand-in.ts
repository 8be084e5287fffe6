import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { socketFactory } from '../../src/adapters/kafka/broker-socket.ts';

/** A connection of kafkajs, as far as tests use one. */
export interface KafkajsConnection {
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  isConnected(): boolean;
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  setVersions(versions: object): void;
  setSupportAuthenticationProtocol(isSupported: boolean): void;
  send(protocol: unknown): Promise<unknown>;
  /** As a sign-in of the oldest form sends its messages. */
  sendAuthRequest(protocol: unknown): Promise<unknown>;
}

export interface BrokerStandIn {
  readonly connection: KafkajsConnection;
  /** Those that were opened, in order. */
  readonly sockets: readonly Socket[];
  end(): Promise<void>;
}

/** How long a request of the connection waits for its answer. */
export const ANSWER_TIME_MS = 300;

/**
 * A server that stands for a broker, and a connection of kafkajs to it, not yet connected.
 * @param onData told of what arrives at the nth socket
 * @param options further ones of the connection
 */
export const brokerStandIn = async (
  onData: (socket: Socket, nth: number, data: Buffer) => void,
  options: object = {},
): Promise<BrokerStandIn> => {
  const require = createRequire(import.meta.url);
  const Connection = require('kafkajs/src/network/connection.js') as new (
    options: unknown,
  ) => KafkajsConnection;
  const { createLogger } = require('kafkajs/src/loggers/index.js') as {
    readonly createLogger: (options: unknown) => unknown;
  };
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const nth = sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => onData(socket, nth, data));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = new Connection({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    clientId: 'test',
    requestTimeout: ANSWER_TIME_MS,
    connectionTimeout: 1_000,
    socketFactory: socketFactory(),
    logger: createLogger({ level: 0, logCreator: () => () => undefined }),
    ...options,
  });
  return {
    connection,
    sockets,
    end: async () => {
      await connection.disconnect();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};
