import { mendOnce } from './mend-once.ts';

interface Connection {
  send(protocol: unknown): Promise<unknown>;
  sendAuthRequest(protocol: unknown): Promise<unknown>;
}

interface Authenticator {
  connection: Connection;
}

type Authenticate = (this: Authenticator) => Promise<void>;

/** Of kafkajs: nothing came back, or the connection broke. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'KafkaJSRequestTimeoutError',
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
]);

/**
 * kafkajs 2.2.4 makes of everything that goes wrong in a sign-in a refusal that no repeat mends: a broker that ends in
 * the middle of one, as in a rolling restart, or a way that is half open, would end the process. Mended for the whole
 * process: where no answer came, that error is thrown, and the sign-in is tried again.
 */
export const mendSignIn = mendOnce((require) => {
  const { prototype } = require('kafkajs/src/broker/saslAuthenticator/index.js') as {
    readonly prototype: { authenticate: Authenticate };
  };
  const authenticate = prototype.authenticate;
  prototype.authenticate = async function () {
    const { connection } = this;
    let unanswered: Error | undefined;
    const send: Connection['send'] = async (protocol) => {
      try {
        return await connection.send(protocol);
      } catch (error) {
        if (error instanceof Error && NO_ANSWER.has(error.name)) unanswered = error;
        throw error;
      }
    };
    // One authenticator a sign-in.
    this.connection = Object.create(connection, {
      send: { value: send },
      sendAuthRequest: { value: connection.sendAuthRequest.bind(connection) },
    }) as Connection;
    try {
      await authenticate.call(this);
    } catch (error) {
      throw unanswered ?? error;
    }
  };
});
