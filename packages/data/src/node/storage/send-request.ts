/**
 * One HTTP request over node:http. `fetch` would undo a `Content-Encoding` of stored `.gz` files unasked, and
 * then neither sizes nor ranges fit what the server has.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Of the last redirect. */
  readonly url: string;
  /** Undefined when there is none. */
  header(name: string): string | undefined;
  /** The bytes as they came. To be read, or `close`d. */
  readonly body: AsyncIterable<Uint8Array>;
  close(): void;
}

/** Worth another attempt. */
export class PassingFailure extends Error {
  constructor(
    what: string,
    /** Milliseconds that the server asks to wait. */
    readonly retryAfter?: number,
    cause?: unknown,
  ) {
    super(what, cause === undefined ? undefined : { cause });
  }
}

export interface SendOptions {
  /** A connection that gives less than 1 KiB a second for so long is given up. */
  readonly silenceMilliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves when the head of the response is there. Throws `PassingFailure` for what the network does. */
export function sendRequest(request: HttpRequest, options: SendOptions): Promise<HttpResponse> {
  const { silenceMilliseconds, signal } = options;
  const { method, url, headers, body } = request;
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const outgoing = send(url, {
      method,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'llm-data',
        ...(body === undefined ? {} : { 'content-length': String(body.length) }),
        ...headers,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    // A body takes its time on the way, too.
    const patience = silenceMilliseconds + (body?.length ?? 0) / 10;
    const timer = setTimeout(() => outgoing.destroy(silent(patience)), patience);
    outgoing.on('response', (incoming) => {
      clearTimeout(timer);
      resolve(responseOf(incoming, url, options));
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(signal?.aborted ? signal.reason : networkFailure(error));
    });
    outgoing.end(body);
  });
}

function responseOf(incoming: IncomingMessage, url: string, options: SendOptions): HttpResponse {
  return {
    status: incoming.statusCode ?? 0,
    url,
    header: (name) => {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    body: patientBody(incoming, options),
    close: () => void incoming.destroy(),
  };
}

const slowestBytesPerSecond = 1024;

/** Only the time that is spent waiting counts: whoever reads may be as slow as it likes. */
async function* patientBody(
  incoming: IncomingMessage,
  { silenceMilliseconds, signal }: SendOptions,
): AsyncGenerator<Uint8Array> {
  const iterator = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let waited = 0;
  let came = 0;
  try {
    for (;;) {
      const begun = performance.now();
      const timer = setTimeout(
        () => incoming.destroy(silent(silenceMilliseconds)),
        Math.max(1, silenceMilliseconds - waited),
      );
      let next: IteratorResult<Uint8Array>;
      try {
        next = await iterator.next();
      } catch (error) {
        throw signal?.aborted ? signal.reason : networkFailure(error as Error);
      } finally {
        clearTimeout(timer);
      }
      if (next.done === true) {
        if (!incoming.complete) throw new PassingFailure('the connection ended early');
        return;
      }
      waited += performance.now() - begun;
      came += next.value.length;
      if (came >= (slowestBytesPerSecond * silenceMilliseconds) / 1000) {
        waited = 0;
        came = 0;
      }
      yield next.value;
    }
  } finally {
    incoming.destroy();
  }
}

const silent = (milliseconds: number): PassingFailure =>
  new PassingFailure(`it was silent, or nearly so, for ${Math.round(milliseconds)} ms`);

/** A certificate that does not fit will not fit the next time either. */
function networkFailure(error: Error): Error {
  if (error instanceof PassingFailure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/^(ERR_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/.test(code)) return error;
  // With several addresses tried, the message is empty.
  return new PassingFailure(error.message || code, undefined, error);
}
