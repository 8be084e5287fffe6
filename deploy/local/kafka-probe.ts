import { connect } from 'node:net';

const METADATA = { key: 3, version: 1 };
const FIND_COORDINATOR = { key: 10, version: 1 };
const GROUP = 0;
const TRANSACTION = 1;
const CORRELATION_ID = 7;
const TIMEOUT_MS = 1500;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Undefined when the broker at the port is in its own metadata and has coordinators for groups and transactions
 * (asking for them creates the internal topics), else what is missing.
 * Message formats: https://kafka.apache.org/protocol (Metadata v1, FindCoordinator v1).
 */
export async function probeKafka(port: number): Promise<string | undefined> {
  try {
    const brokers = (await ask(port, METADATA, int32(0))).readInt32BE(0);
    if (brokers < 1) return 'the broker has not joined its cluster yet';
    for (const kind of [GROUP, TRANSACTION]) {
      const answer = await ask(
        port,
        FIND_COORDINATOR,
        Buffer.concat([text('driftline-probe'), Buffer.of(kind)]),
      );
      const code = answer.readInt16BE(4);
      if (code !== 0)
        return `the ${kind === GROUP ? 'group' : 'transaction'} coordinator is not there yet (error ${code})`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Sends one request on a connection of its own; the body of the answer, without size and correlation id. */
function ask(
  port: number,
  api: { readonly key: number; readonly version: number },
  body: Buffer,
): Promise<Buffer> {
  const header = Buffer.concat([
    int16(api.key),
    int16(api.version),
    int32(CORRELATION_ID),
    text('driftline-stack'),
  ]);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    let received: Buffer = Buffer.alloc(0);
    socket.setTimeout(TIMEOUT_MS, () =>
      fail(new Error(`no answer within ${TIMEOUT_MS} ms at port ${port}`)),
    );
    socket.on('error', fail);
    socket.on('close', () =>
      reject(new Error(`the connection to port ${port} was closed before the answer`)),
    );
    socket.on('connect', () =>
      socket.write(Buffer.concat([int32(header.length + body.length), header, body])),
    );
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 8) return;
      const size = received.readInt32BE(0);
      if (size < 4 || size > MAX_ANSWER_BYTES || received.readInt32BE(4) !== CORRELATION_ID) {
        return fail(new Error(`what answers at port ${port} does not speak Kafka's protocol`));
      }
      if (received.length < 4 + size) return;
      resolve(received.subarray(8, 4 + size));
      socket.destroy();
    });
  });
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
