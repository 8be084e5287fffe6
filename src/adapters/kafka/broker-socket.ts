import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { KafkaConfig } from 'kafkajs';
import type { TlsMaterial } from '../../connection/tls-files.ts';
import { answerMemory } from './answer-memory.ts';
import { createAnswerReader, NotKafkaError } from './answer-reader.ts';

const KEEP_ALIVE_MS = 60_000;

/** Emits `data` once for each whole answer. */
const answeringSocket = (host: string, port: number, onConnect: () => void): Socket => {
  const reader = createAnswerReader(
    (answer) => void socket.emit('data', answer),
    answerMemory.take,
  );
  const onBytes = (bytes: number): boolean => {
    try {
      reader.took(bytes);
    } catch (error) {
      if (!(error instanceof NotKafkaError)) throw error;
      socket.destroy(error);
    }
    return true;
  };
  const socket = connectPlain(
    { host, port, onread: { buffer: reader.room, callback: onBytes } },
    onConnect,
  );
  return socket;
};

/** Sockets for kafkajs. `tls` gives what the certificate files hold at that time; default: no TLS. */
export const socketFactory =
  (tls?: () => TlsMaterial): NonNullable<KafkaConfig['socketFactory']> =>
  ({ host, port, onConnect }) => {
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket =
      tls === undefined
        ? answeringSocket(host, port, onConnect)
        : connectTls({ host, port, ...name, ...tls() }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    return socket;
  };
