import type { Socket } from 'node:net';
import { mendOnce } from './mend-once.ts';

interface SentRequest {
  readonly requestTimeout: number;
}

interface Connection {
  readonly host: string;
  readonly port: number;
  readonly requestTimeout: number;
  readonly requestQueue: {
    readonly inflight: ReadonlyMap<number, SentRequest>;
    destroy(): void;
  };
  readonly socket?: Socket;
  /** Of a sign-in that waits for its answer. */
  readonly authHandlers: { readonly onError: () => void } | null;
  connectionStatus: string;
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  rejectRequests(error: Error): void;
}

type Connect = (this: Connection) => Promise<boolean>;
type Disconnect = (this: Connection) => Promise<boolean>;
type ProcessData = (this: Connection, data: Buffer) => void;
type Send = (this: Connection, protocol: unknown) => Promise<unknown>;

const lengthBytes = 4;
/** How long a disconnect waits for the answers that are due. */
const disconnectMs = 5_000;

/**
 * Mends connections of kafkajs 2.2.4 for the whole process:
 * - A request without an answer in time fails and its connection is kept (kafkajs #919), so that on a way that is half
 *   open each later request waits out its time as well, until the process ends. It is closed, as Kafka's own clients
 *   do; the next request opens it anew. A request that may take longer, as JoinGroup, holds up those behind it: while
 *   one is on its way, nothing is closed.
 * - What a lost connection had of an answer stays before the first answer of the next, which then means nothing.
 * - Two requests that find it closed open it twice, and the answers of both ways run into each other.
 * - What an answer leaves behind, mostly nothing, is put before the next one, which is copied as a whole for it.
 * - A sign-in of the oldest form is not told that its connection has broken, and waits for ever.
 * - A disconnect waits for all answers, however long: on a way that is half open, longer than the process has to end.
 */
export const mendConnection = mendOnce((require) => {
  const { prototype } = require('kafkajs/src/network/connection.js') as {
    readonly prototype: {
      connect: Connect;
      disconnect: Disconnect;
      processData: ProcessData;
      send: Send;
    };
  };
  const { CONNECTION_STATUS } = require('kafkajs/src/network/connectionStatus.js') as {
    readonly CONNECTION_STATUS: { readonly DISCONNECTED: string };
  };
  const { KafkaJSConnectionClosedError } = require('kafkajs/src/errors.js') as {
    readonly KafkaJSConnectionClosedError: new (
      message: string,
      where: { readonly host: string; readonly port: number },
    ) => Error;
  };

  const abandon = (connection: Connection, socket: Socket): void => {
    const { host, port, requestQueue } = connection;
    connection.connectionStatus = CONNECTION_STATUS.DISCONNECTED;
    requestQueue.destroy();
    connection.rejectRequests(
      new KafkaJSConnectionClosedError('Closed: the broker did not answer in time', { host, port }),
    );
    socket.destroy();
  };

  const isPatient = ({ requestQueue, requestTimeout }: Connection): boolean =>
    [...requestQueue.inflight.values()].some((sent) => sent.requestTimeout > requestTimeout);

  const opening = new WeakMap<Connection, Promise<boolean>>();
  const connect = prototype.connect;
  prototype.connect = function () {
    if (this.isConnected()) return connect.call(this);
    const begun = opening.get(this);
    if (begun !== undefined) return begun;
    this.chunks = [];
    this.bytesBuffered = 0;
    this.bytesNeeded = lengthBytes;
    const opened = connect.call(this).finally(() => opening.delete(this));
    const { socket } = this;
    socket?.once('close', () => {
      if (this.socket === socket) this.authHandlers?.onError();
    });
    opening.set(this, opened);
    return opened;
  };

  const disconnect = prototype.disconnect;
  prototype.disconnect = async function () {
    const { socket } = this;
    if (socket === undefined) return disconnect.call(this);
    const timer = setTimeout(() => {
      if (this.socket === socket) abandon(this, socket);
    }, disconnectMs);
    try {
      return await disconnect.call(this);
    } finally {
      clearTimeout(timer);
    }
  };

  const processData = prototype.processData;
  prototype.processData = function (data) {
    if (this.bytesBuffered === 0) this.chunks = [];
    processData.call(this, data);
  };

  const send = prototype.send;
  prototype.send = async function (protocol) {
    const { socket } = this;
    try {
      return await send.call(this, protocol);
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'KafkaJSRequestTimeoutError';
      const isSame = socket !== undefined && this.socket === socket && !socket.destroyed;
      if (isLate && isSame && !isPatient(this)) abandon(this, socket);
      throw error;
    }
  };
});
