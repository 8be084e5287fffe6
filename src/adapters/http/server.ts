import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whether a question is answered with yes; if not, why. */
export interface Health {
  readonly ok: boolean;
  /** One short line for each thing that is not as it should be. Without secrets: anybody may read them. */
  readonly reasons: readonly string[];
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Whether the process works at all; if not, it should be restarted. */
  readonly live: () => Health;
  /** Whether it can do its work now. */
  readonly ready: () => Health;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Default 64. */
  readonly maxConnections?: number;
  /** Time for a request to arrive, in milliseconds. Default 5,000. */
  readonly requestTimeoutMs?: number;
}

export interface RunningHttpServer {
  readonly host: string;
  readonly port: number;
  /** Takes no new connection, and ends once requests under way are answered, or after the time given. Default 2,000 ms. */
  close(graceMs?: number): Promise<void>;
}

/** The address cannot be listened on. */
class ListenError extends Error {
  readonly code = 'http_listen_failed';
  readonly retriable = false;

  constructor(host: string, port: number, cause: unknown) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    super(`Cannot listen on ${host}:${port} (${reason}): change http.host or http.port`, { cause });
    this.name = 'ListenError';
  }
}

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

const json = (status: number, body: unknown): Reply => ({
  status,
  contentType: 'application/json; charset=utf-8',
  text: `${JSON.stringify(body)}\n`,
});

const health = ({ ok, reasons }: Health): Reply =>
  json(ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', reasons });

const replyTo = async (path: string, options: HttpServerOptions): Promise<Reply> => {
  switch (path) {
    case '/livez':
      return health(options.live());
    case '/readyz':
      return health(options.ready());
    case '/metrics':
      return { status: 200, ...(await options.metrics()) };
    default:
      return json(404, { error: 'not found', paths: ['/livez', '/readyz', '/metrics'] });
  }
};

const send = (response: ServerResponse, reply: Reply, method: string): void => {
  const body = Buffer.from(reply.text);
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : body);
};

const handle = async (
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
  isClosing: () => boolean,
): Promise<void> => {
  const method = request.method ?? '';
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    // The body is not read: the connection ends with the answer.
    response.setHeader('connection', 'close');
    return send(response, json(405, { error: 'method not allowed' }), method);
  }
  let reply: Reply;
  try {
    reply = await replyTo((request.url ?? '').split('?', 1)[0] ?? '', options);
  } catch (error) {
    // Reported to the one who asked: the scrape fails, and the next one tells again.
    reply = json(500, { error: error instanceof Error ? error.name : 'error' });
  }
  // A connection that is kept alive would hold the close up.
  if (isClosing()) response.setHeader('connection', 'close');
  send(response, reply, method);
};

/** Serves /livez, /readyz and /metrics. Throws ListenError. */
export const startHttpServer = async (options: HttpServerOptions): Promise<RunningHttpServer> => {
  const requestTimeoutMs = options.requestTimeoutMs ?? 5_000;
  let closing = false;
  const server = createServer(
    {
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: 30_000,
      connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs),
      maxHeaderSize: 8_192,
    },
    (request, response) => {
      void handle(request, response, options, () => closing);
    },
  );
  server.maxConnections = options.maxConnections ?? 64;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(options.host, options.port, error)));
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: options.host,
    port,
    close: (graceMs = 2_000) =>
      new Promise((resolve) => {
        closing = true;
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
};
