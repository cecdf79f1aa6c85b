/**
 * HTTP as stores of large files speak it: what may pass (network errors, silence, 408, 425, 429, 5xx) is
 * tried again with growing pauses, after `Retry-After` where it is given; redirects are followed, but not
 * out of encryption, and credentials stay with the host they are for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { LlmError } from '@llm/core';
import { type HttpRequest, type HttpResponse, PassingFailure, sendRequest } from './send-request.js';
import { storageError, withoutQuery } from './storage-error.js';

export interface StorageOptions {
  /** Attempts without progress before giving up. Default 8. */
  readonly attempts?: number | undefined;
  /** Pause before the second attempt; doubles each time, up to 30 s. Default 1000. */
  readonly pauseMilliseconds?: number | undefined;
  /** A connection that gives less than 1 KiB a second for so long is given up. Default 30,000. */
  readonly silenceMilliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpHost {
  /** Adds what the server wants to see; called anew for every attempt and every redirect. */
  readonly authorize?: ((request: HttpRequest) => Promise<HttpRequest> | HttpRequest) | undefined;
  /** What a status from 300 on means, where the host says more than HTTP does; undefined: what HTTP says. */
  readonly explain?: ((answer: RefusedAnswer) => Error | undefined) | undefined;
}

export interface RefusedAnswer {
  readonly url: string;
  readonly status: number;
  /** The first 16 KiB. */
  readonly text: string;
  header(name: string): string | undefined;
}

const maximumPause = 30_000;
const maximumRedirects = 10;

export class HttpClient {
  readonly #attempts: number;
  readonly #pause: number;
  readonly #silence: number;
  readonly #signal: AbortSignal | undefined;

  constructor(
    readonly host: HttpHost = {},
    options: StorageOptions = {},
  ) {
    this.#attempts = options.attempts ?? 8;
    this.#pause = options.pauseMilliseconds ?? 1000;
    this.#silence = options.silenceMilliseconds ?? 30_000;
    this.#signal = options.signal;
  }

  /**
   * Runs `use` on the response, and again from the request on when it, or the request, fails for a passing
   * reason. A status from 300 on is an error unless `accepted` names it. Throws `data/storage-…`.
   */
  async request<T>(
    request: () => HttpRequest,
    use: (response: HttpResponse) => Promise<T> | T,
    accepted: readonly number[] = [],
  ): Promise<T> {
    for (const attempts = this.attempts(); ; ) {
      try {
        const response = await this.open(request(), accepted);
        try {
          return await use(response);
        } finally {
          response.close();
        }
      } catch (error) {
        await attempts.failed(error, request().url);
      }
    }
  }

  /** A count of attempts, for work that goes on where it broke. */
  attempts(): Attempts {
    return new Attempts(this.#attempts, this.#pause, this.#signal);
  }

  /** One attempt, redirects followed. Throws `PassingFailure` or `data/storage-…`. */
  async open(start: HttpRequest, accepted: readonly number[] = []): Promise<HttpResponse> {
    let request = start;
    for (let redirects = 0; redirects <= maximumRedirects; redirects++) {
      this.#signal?.throwIfAborted();
      const response = await sendRequest((await this.host.authorize?.(request)) ?? request, {
        silenceMilliseconds: this.#silence,
        signal: this.#signal,
      });
      answered.add(hostOf(request.url));
      if (response.status < 300 || accepted.includes(response.status)) return response;
      const location = response.header('location');
      if (response.status >= 400 || location === undefined) throw await this.#refusal(response);
      response.close();
      request = { ...request, url: redirected(request.url, location) };
    }
    throw storageError(
      'protocol',
      start.url,
      `${withoutQuery(start.url)} leads through more than ${maximumRedirects} redirects. Check the address.`,
    );
  }

  async #refusal(response: HttpResponse): Promise<Error> {
    const { status, url } = response;
    const answer: RefusedAnswer = {
      url,
      status,
      text: new TextDecoder().decode(await readBytes(response, 16_384)),
      header: response.header,
    };
    const said = this.host.explain?.(answer);
    if (said !== undefined) return said;
    if (status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501))
      return new PassingFailure(`status ${status}`, retryAfter(response.header('retry-after')));
    const place = withoutQuery(url);
    if (status === 404 || status === 410)
      return storageError('missing', url, `There is no ${place} (${status}). Check the address.`);
    if (status === 401 || status === 403)
      return storageError(
        'denied',
        url,
        `${place} may not be read (${status}). Check the address and your access.`,
      );
    return storageError('protocol', url, `${place} answers with status ${status}. Check the address.`);
  }
}

/** A server that has answered comes back; one that never did is more likely a wrong address. */
const answered = new Set<string>();
const nobodyThere: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const attemptsAtNobody = 3;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

/** Where several addresses were tried, each has failed in its own way. */
function codeOf(cause: unknown): string {
  const { code, errors } = (cause ?? {}) as { code?: string; errors?: readonly { code?: string }[] };
  return code ?? errors?.[0]?.code ?? '';
}

/** Attempts without progress. */
export class Attempts {
  #failures = 0;

  constructor(
    readonly most: number,
    readonly firstPause: number,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** Something came: counts anew. */
  progressed(): void {
    this.#failures = 0;
  }

  /** Waits before the next attempt, or throws: an error that does not pass, or one that did not. */
  async failed(error: unknown, url: string): Promise<void> {
    this.signal?.throwIfAborted();
    if (!(error instanceof PassingFailure)) throw LlmError.isInstance(error) ? error : wrapped(error, url);
    this.#failures++;
    const place = withoutQuery(url);
    const isNobody = !answered.has(hostOf(url)) && nobodyThere.has(codeOf(error.cause));
    if (this.#failures >= (isNobody ? Math.min(attemptsAtNobody, this.most) : this.most))
      throw storageError(
        'unreachable',
        url,
        `${place} failed ${this.#failures} times in a row, last with "${error.message}". ${isNobody ? 'Nobody has answered there: check the address (AWS_ENDPOINT_URL, HF_ENDPOINT) and the network.' : 'What was done is kept; run again to go on.'}`,
        error,
      );
    const wait = error.retryAfter ?? Math.min(maximumPause, this.firstPause * 2 ** (this.#failures - 1));
    // Its own error says only that it was aborted, and not why.
    await pause(wait, undefined, this.signal ? { signal: this.signal } : {}).catch(() => undefined);
    this.signal?.throwIfAborted();
  }
}

/** At most the first `limit` bytes of a body. What a connection does to them is a `PassingFailure`. */
export async function readBytes(response: HttpResponse, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body) {
    parts.push(part.subarray(0, limit - length));
    length += parts.at(-1)!.length;
    if (length >= limit) break;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
}

function redirected(from: string, location: string): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const isSafe = target?.protocol === 'https:' || (target?.protocol === 'http:' && from.startsWith('http:'));
  if (target !== undefined && isSafe) return target.href;
  throw storageError(
    'protocol',
    from,
    `${withoutQuery(from)} leads to ${JSON.stringify(withoutQuery(location).slice(0, 200))}, which is no address that an encrypted connection may go on to. Check the address.`,
  );
}

/** What no attempt mends and no host explained: an invalid URL, a certificate. */
const wrapped = (error: unknown, url: string): LlmError =>
  storageError(
    'unreachable',
    url,
    `${withoutQuery(url)} cannot be reached: ${(error as Error).message}.`,
    error,
  );

/** Seconds or a date, as milliseconds from now; a day at most. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.min(86_400_000, Math.max(0, milliseconds)) : undefined;
}
