import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceName } from './options.ts';
import type { ServicePort } from './service.ts';
import { StackError } from './stack-error.ts';

const CONNECT_TIMEOUT_MS = 500;
/** A killed process may hold its ports a moment longer than it has a pid. */
const PATIENCE_MS = 2000;
const POLL_MS = 200;

/** Throws StackError `port-taken` for the first port on loopback that cannot be had. */
export async function requireFreePorts(
  service: ServiceName,
  ports: readonly ServicePort[],
): Promise<void> {
  for (const { port, flag } of ports) {
    const obstacle = await obstacleTo(port);
    if (obstacle !== undefined) {
      throw new StackError(
        'port-taken',
        `Port ${port} is needed for ${service}, but ${obstacle}. End that process or choose another port with ${flag}. Nothing was started.`,
      );
    }
  }
}

async function obstacleTo(port: number): Promise<string | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const obstacle = (await isAnswered(port))
      ? 'another process listens on it'
      : await bindError(port);
    if (obstacle === undefined || performance.now() > deadline) return obstacle;
    await delay(POLL_MS);
  }
}

function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_TIMEOUT_MS });
    const end = (answered: boolean) => (): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
}

function bindError(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error) => resolve(`it cannot be bound: ${error.message}`));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(undefined)));
  });
}
