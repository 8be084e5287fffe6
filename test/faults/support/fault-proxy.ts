import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createPacedPipe, type Fault } from './paced-pipe.ts';
import { createRequestCutter, type Framing } from './request-framing.ts';

/**
 * What becomes of a request: it goes on; the connection is reset before it; it vanishes; or it goes on and its answer,
 * with all later ones of the connection, vanishes.
 */
export type Verdict = 'pass' | 'cut' | 'swallow' | 'deafen';

/** Sees each whole request before the server does, which gets it only after the verdict. */
export type OnRequest = (request: Buffer) => Verdict | Promise<Verdict>;

export interface FaultProxy {
  readonly port: number;
  /** Connections that are open. */
  connections(): number;
  /** From now on, for connections that are open and new ones. */
  set(fault: Fault): void;
  /** Resets every open connection. */
  reset(): void;
  /** One watcher at a time; undefined: all requests pass. */
  watch(onRequest: OnRequest | undefined): void;
  close(): Promise<void>;
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  mute: boolean;
  deaf: boolean;
}

/** A TCP proxy on loopback that knows where a request begins and ends, and breaks the way when told. */
export const startFaultProxy = async (options: {
  /** 0 takes a free one. */
  readonly port: number;
  readonly target: number;
  readonly framing: Framing;
  readonly random?: () => number;
}): Promise<FaultProxy> => {
  const { framing, random = Math.random } = options;
  const open = new Set<Connection>();
  let fault: Fault = { kind: 'none' };
  let watcher: OnRequest | undefined;

  const resetOne = ({ client, server }: Connection): void => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };

  const accept = (client: Socket): void => {
    client.on('error', () => client.destroy());
    if (fault.kind === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: options.target, noDelay: true });
    client.setNoDelay(true);
    const connection: Connection = {
      client,
      server,
      mute: fault.kind === 'black-hole',
      deaf: false,
    };
    open.add(connection);
    const pace = { fault: () => fault, random };
    const up = createPacedPipe({
      ...pace,
      from: client,
      to: server,
      isMute: () => connection.mute,
    });
    const down = createPacedPipe({
      ...pace,
      from: server,
      to: client,
      isMute: () => connection.mute || connection.deaf,
    });
    const over = (): void => {
      open.delete(connection);
      up.end();
      down.end();
      client.destroy();
      server.destroy();
    };
    const judge = async (request: Buffer): Promise<void> => {
      const verdict = (await watcher?.(request)) ?? 'pass';
      if (verdict === 'cut') return resetOne(connection);
      if (verdict === 'swallow') return;
      if (verdict === 'deafen') connection.deaf = true;
      up.push(request);
    };
    const cut = createRequestCutter(framing);
    let last: Promise<void> = Promise.resolve();
    client.on('data', (chunk: Buffer) => {
      for (const request of cut(chunk)) last = last.then(() => judge(request));
    });
    client.on('end', () => void last.then(() => up.finish()));
    client.on('close', over);
    server.on('data', (chunk: Buffer) => down.push(chunk));
    server.on('end', () => down.finish());
    server.on('error', () => {
      if (!connection.mute) client.resetAndDestroy();
    });
    server.on('close', () => {
      if (!connection.mute && server.errored !== null) over();
    });
  };

  const listener = createServer({ allowHalfOpen: true }, accept);
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    connections: () => open.size,
    set: (next) => {
      fault = next;
      if (next.kind === 'black-hole') for (const each of open) each.mute = true;
      if (next.kind === 'cut') for (const each of open) resetOne(each);
    },
    reset: () => {
      for (const each of open) resetOne(each);
    },
    watch: (onRequest) => {
      watcher = onRequest;
    },
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const each of open) resetOne(each);
      }),
  };
};
