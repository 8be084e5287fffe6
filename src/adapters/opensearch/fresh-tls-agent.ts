import { Agent } from 'node:https';
import type { TlsMaterial } from '../../connection/tls-files.ts';

type CreateConnection = Agent['createConnection'];

/** Connections that stay open, each made with the certificates as they are then. */
export class FreshTlsAgent extends Agent {
  readonly #tls: () => TlsMaterial;
  readonly #onError: (error: Error) => void;

  /** @param onError told of the system's error of each connection, which the OpenSearch client reduces to its message */
  constructor(maxSockets: number, tls: () => TlsMaterial, onError: (error: Error) => void) {
    // A session that is resumed would be that of the certificate before.
    super({ keepAlive: true, maxSockets, maxCachedSessions: 0 });
    this.#tls = tls;
    this.#onError = onError;
  }

  override createConnection(
    ...[options, callback]: Parameters<CreateConnection>
  ): ReturnType<CreateConnection> {
    const socket = super.createConnection({ ...options, ...this.#tls() }, callback);
    socket?.on('error', this.#onError);
    return socket;
  }
}
