/**
 * The server on a socket. It binds to this machine alone unless told otherwise, and wider only with a token.
 * A client that closes its side of the connection has left: its answers are dropped, as Node's server does.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { checkNumber, LlmError } from '@llm/core';
import { isLoopback } from '../access.js';
import { createServer, type ServerOptions } from '../create-server.js';

export interface ServeOptions extends ServerOptions {
  /** Default `127.0.0.1`. Any other than a loopback address needs a token. */
  readonly host?: string | undefined;
  /** 0 takes a free one. Default 8080. */
  readonly port?: number | undefined;
  /** Connections at once; more are closed unread. Default 1024. */
  readonly connections?: number | undefined;
  /** How long running requests may go on when the server stops. Default 30. */
  readonly graceSeconds?: number | undefined;
  /** Signals of the process that stop the server: `['SIGTERM', 'SIGINT']`. Default: none. */
  readonly stopOn?: readonly NodeJS.Signals[] | undefined;
}

export interface ListeningServer {
  /** `http://127.0.0.1:8080`; clients take it with `/v1`. */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections and requests, lets running ones end, and frees the port. */
  stop(): Promise<void>;
  /** Resolves when it has stopped, by `stop` or a signal. */
  readonly stopped: Promise<void>;
}

/**
 * Resolves when the server listens. Throws `assistant/token-required`, `assistant/cannot-listen` (a port that
 * is taken, an address that is none of this machine's), and what `createServer` throws.
 */
export async function serve(options: ServeOptions): Promise<ListeningServer> {
  const { host = '127.0.0.1', port = 8080, connections = 1024, graceSeconds = 30, stopOn = [] } = options;
  checkNumber('port', port, { minimum: 0, maximum: 65_535, integer: true });
  checkNumber('connections', connections, { minimum: 1, integer: true });
  checkNumber('graceSeconds', graceSeconds, { minimum: 0, maximum: 2_000_000 });
  if (options.token === undefined && !isLoopback(host)) {
    throw new LlmError({
      code: 'assistant/token-required',
      message: `The server would be reachable from outside at ${host}: give a token that clients must send, or bind to 127.0.0.1.`,
      details: { host },
    });
  }
  const { app, stop: end } = createServer(options);
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: host,
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: 16_384,
      headersTimeout: 20_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
    },
  }) as Server;
  server.maxConnections = connections;
  await listening(server, host, port);
  const address = server.address() as AddressInfo;

  let stopping: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const signal of stopOn) process.off(signal, onSignal);
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeIdleConnections();
    await end(graceSeconds);
    // What was written last is on its way; connections kept open for more requests are of no use.
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), 1000);
    await closed;
    clearTimeout(timer);
    resolveStopped();
  };
  const stop = (): Promise<void> => {
    stopping ??= stopAll();
    return stopping;
  };
  const onSignal = (): void => void stop();
  for (const signal of stopOn) process.on(signal, onSignal);
  let resolveStopped: () => void;
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${address.port}`, port: address.port, stop, stopped };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(
        new LlmError({
          code: 'assistant/cannot-listen',
          message: `Cannot listen on ${host}:${port}: ${cause.message}. Choose another port or address.`,
          details: { host, port },
          cause,
        }),
      );
    server.once('error', fail);
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
