/**
 * HTTP as the hub speaks it: redirects to storage on another host, `X-Error-Code`, rate limits. What may pass
 * (network errors, 408, 429, 5xx, a connection that goes silent) is tried again with growing pauses, after
 * `Retry-After` where it is given. The token goes to the hub's own host and to no other.
 */
import { setTimeout } from 'node:timers/promises';
import { LlmError } from '@llm/core';
import type { HubAddress } from './hub-address.js';

export interface HubClientOptions {
  /** Default: the environment's HF_ENDPOINT, else https://huggingface.co. */
  readonly endpoint?: string | undefined;
  /** For private and gated repositories. Default: the environment's HF_TOKEN. */
  readonly token?: string | undefined;
  /** Attempts without progress before giving up. Default 5. */
  readonly attempts?: number | undefined;
  /** Pause before the second attempt; doubles each time, up to 30 s. Default 1000. */
  readonly pauseMilliseconds?: number | undefined;
  /** A connection that gives less than 1 KiB a second for so long is given up. Default 30,000. */
  readonly silenceMilliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HubRequest {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Do not follow a redirect to another host: its headers say what is there. */
  readonly stopAtOtherHost?: boolean | undefined;
}

const maximumRedirects = 10;
const maximumPause = 30_000;
const slowestBytesPerSecond = 1024;

export class HubClient {
  readonly endpoint: string;
  readonly #token: string | undefined;
  readonly #attempts: number;
  readonly #pause: number;
  readonly #silence: number;
  readonly #signal: AbortSignal | undefined;

  constructor(options: HubClientOptions = {}) {
    this.endpoint = (options.endpoint ?? process.env.HF_ENDPOINT ?? 'https://huggingface.co').replace(
      /\/+$/,
      '',
    );
    if (!URL.canParse(this.endpoint))
      throw new LlmError({
        code: 'model/hub-address-invalid',
        message: `The endpoint ${JSON.stringify(this.endpoint)} is not a URL. Set HF_ENDPOINT to one, like https://huggingface.co.`,
        details: { endpoint: this.endpoint },
      });
    this.#token = options.token ?? process.env.HF_TOKEN;
    this.#attempts = options.attempts ?? 5;
    this.#pause = options.pauseMilliseconds ?? 1000;
    this.#silence = options.silenceMilliseconds ?? 30_000;
    this.#signal = options.signal;
  }

  fileUrl({ repository }: HubAddress, commit: string, file: string): string {
    const path = file.split('/').map(encodeURIComponent).join('/');
    return `${this.endpoint}/${repository}/resolve/${encodeURIComponent(commit)}/${path}`;
  }

  infoUrl({ repository, revision }: HubAddress): string {
    return `${this.endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}`;
  }

  /**
   * Runs `use` on the response, and again from the request on when it, or the request, fails for a passing
   * reason. `use` calls `progress` with how many bytes came: silence is measured from where they are enough,
   * and when they `advanced`, attempts are counted anew. A response with a status of 400 and more is an error
   * unless `accepted` names it. Throws `model/hub-…`.
   */
  async request<T>(
    url: () => string,
    request: () => HubRequest,
    use: (response: Response, progress: (bytes: number, advanced: boolean) => void) => Promise<T>,
    accepted: readonly number[] = [],
  ): Promise<T> {
    let failures = 0;
    for (;;) {
      this.#signal?.throwIfAborted();
      const attempt = new AbortController();
      const silent = new PassingFailure(`it was silent, or nearly so, for ${this.#silence} ms`);
      const onAbort = (): void => attempt.abort(this.#signal!.reason);
      this.#signal?.addEventListener('abort', onAbort, { once: true });
      let timer = globalThis.setTimeout(() => attempt.abort(silent), this.#silence);
      let came = 0;
      const progress = (bytes: number, advanced: boolean): void => {
        came += bytes;
        if (came < (slowestBytesPerSecond * this.#silence) / 1000) return;
        came = 0;
        if (advanced) failures = 0;
        clearTimeout(timer);
        timer = globalThis.setTimeout(() => attempt.abort(silent), this.#silence);
      };
      try {
        const response = await this.#follow(url(), request(), attempt.signal);
        if (response.status >= 400 && !accepted.includes(response.status))
          throw await this.#failure(response, url());
        return await use(response, progress);
      } catch (error) {
        this.#signal?.throwIfAborted();
        const reason: unknown = attempt.signal.aborted ? attempt.signal.reason : error;
        if (LlmError.isInstance(reason)) throw reason;
        // fetch and a body throw TypeErrors when a connection breaks; the rest is not the network's fault.
        if (!(reason instanceof PassingFailure) && !(reason instanceof TypeError)) throw reason;
        failures++;
        if (failures >= this.#attempts) throw unreachable(url(), failures, reason);
        const wait = reason instanceof PassingFailure ? reason.retryAfter : undefined;
        const pause = Math.min(maximumPause, wait ?? this.#pause * 2 ** (failures - 1));
        // Its own error says only that it was aborted, and not why.
        await setTimeout(pause, undefined, this.#signal ? { signal: this.#signal } : {}).catch(
          () => undefined,
        );
      } finally {
        clearTimeout(timer);
        this.#signal?.removeEventListener('abort', onAbort);
        attempt.abort();
      }
    }
  }

  async #follow(start: string, request: HubRequest, signal: AbortSignal): Promise<Response> {
    const home = new URL(this.endpoint).origin;
    let url = start;
    for (let redirects = 0; redirects <= maximumRedirects; redirects++) {
      const headers: Record<string, string> = { 'accept-encoding': 'identity', ...request.headers };
      if (this.#token && new URL(url).origin === home) headers.authorization = `Bearer ${this.#token}`;
      const response = await fetch(url, { method: request.method, headers, redirect: 'manual', signal });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null) return response;
      const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
      const isSafe =
        target?.protocol === 'https:' || (target?.protocol === 'http:' && new URL(url).protocol === 'http:');
      if (target === undefined || !isSafe) {
        await response.body?.cancel();
        throw new LlmError({
          code: 'model/hub-redirects',
          message: `${url} leads to ${JSON.stringify(location.slice(0, 200))}, which is no address that an encrypted connection may go on to. Check the endpoint ${this.endpoint}.`,
          details: { url: start },
        });
      }
      if (request.stopAtOtherHost && target.origin !== home) return response;
      await response.body?.cancel();
      url = target.href;
    }
    throw new LlmError({
      code: 'model/hub-redirects',
      message: `${start} leads through more than ${maximumRedirects} redirects. Check the endpoint ${this.endpoint}.`,
      details: { url: start },
    });
  }

  async #failure(response: Response, url: string): Promise<Error> {
    const { status } = response;
    const code = response.headers.get('x-error-code') ?? '';
    const said = response.headers.get('x-error-message') ?? '';
    await response.body?.cancel().catch(() => undefined);
    if (status === 408 || status === 429 || status >= 500)
      return new PassingFailure(`status ${status}`, retryAfter(response.headers.get('retry-after')));
    const details = { url, status, hubCode: code };
    // The hub answers 401 for a repository that does not exist, so as not to tell which private ones do.
    if (code === 'GatedRepo' || status === 401 || status === 403)
      return new LlmError({
        code: 'model/hub-unauthorized',
        message: `The hub refused ${url} (${status}${code ? `, ${code}` : ''}). ${said} ${
          this.#token
            ? 'The token gives no access: check it, the name of the repository, and whether its terms were accepted.'
            : 'Check the name of the repository; if it is private or gated, set HF_TOKEN.'
        }`.replace('  ', ' '),
        details,
      });
    if (status === 404)
      return new LlmError({
        code: 'model/hub-missing',
        message: `The hub has no ${url} (${code || 'not found'}). Check repository and revision.`,
        details,
      });
    return new LlmError({
      code: 'model/hub-refused',
      message: `The hub answered ${url} with status ${status}. ${said}`.trim(),
      details,
    });
  }
}

/** A body that is read whole, of at most `maximumBytes`. Throws `model/hub-protocol`. */
export async function readText(response: Response, maximumBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > maximumBytes)
      throw new LlmError({
        code: 'model/hub-protocol',
        message: `${response.url} answers with more than ${maximumBytes} bytes. Check the endpoint and the repository.`,
        details: { url: response.url },
      });
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** Worth another attempt. */
export class PassingFailure extends Error {
  constructor(
    what: string,
    /** Milliseconds */
    readonly retryAfter?: number,
  ) {
    super(what);
  }
}

/** Seconds or a date, as milliseconds from now. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function unreachable(url: string, attempts: number, cause: Error): LlmError {
  const inner = cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return new LlmError({
    code: 'model/hub-unreachable',
    message: `${url} failed ${attempts} times, last with "${cause.message}${inner}". What was fetched is kept; run again to go on.`,
    details: { url, attempts },
    cause,
  });
}
