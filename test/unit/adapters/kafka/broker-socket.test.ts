import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { socketFactory } from '../../../../src/adapters/kafka/broker-socket.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A socket to a server that does so with each of its own. */
const socketTo = async (serve: (socket: Socket) => void): Promise<Socket> => {
  const server = createServer(serve).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Kafkajs's types ask for what its code does not give.
  const where = { host: '127.0.0.1', port, onConnect: () => undefined };
  return socketFactory()(where as Parameters<ReturnType<typeof socketFactory>>[0]);
};

describe('a socket to a broker', () => {
  it('tells of whole answers, then of the end', async () => {
    const large = Buffer.alloc(3_000_004, 9);
    large.writeInt32BE(3_000_000);
    const small = Buffer.from([0, 0, 0, 1, 7]);
    const socket = await socketTo((peer) => {
      peer.write(small);
      peer.write(large);
      peer.end(small);
    });
    const answers: Buffer[] = [];
    socket.on('data', (answer) => answers.push(answer));
    await once(socket, 'end');
    socket.destroy();
    expect(answers.map(({ length }) => length)).toEqual([5, 3_000_004, 5]);
    expect(answers[1]?.equals(large)).toBe(true);
  });

  it('fails where the server is none of Kafka', async () => {
    const socket = await socketTo((peer) =>
      peer.on('error', () => undefined).write('HTTP/1.1 400 Bad Request'),
    );
    socket.on('data', () => undefined);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('does not speak Kafka');
    expect(socket.destroyed).toBe(true);
  });
});
