/**
 * Artifacts of a web server, read only: a key is a path below one address. Parts come by range requests. With
 * a cache (any other store: `OpfsStore` in a page, `DirectoryStore` in Node) a whole artifact is kept beside
 * the validator the server gave for it (ETag or Last-Modified), asked about once per instance, and used when
 * the server cannot be reached.
 */
import { checkArtifactKey } from '../contracts/artifact-key.js';
import type { ArtifactStore } from '../contracts/artifact-store.js';
import { checkByteRange } from '../contracts/byte-range.js';
import { LlmError } from '../errors.js';
import { artifactMissing } from './artifact-missing.js';
import { storeReadOnly } from './store-read-only.js';

export interface FetchStoreOptions {
  /** Default: none; the browser's own HTTP cache still works. */
  readonly cache?: ArtifactStore | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Every key there is, for `list`: HTTP has no way to ask. Default: `list` is an error. */
  readonly keys?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

export class FetchStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #address: string;
  readonly #options: FetchStoreOptions;
  /** Keys whose cached copy this instance has asked the server about. */
  readonly #fresh = new Set<string>();

  /**
   * `address`: http(s), with or without a slash at its end; a query (`?token=…`) is kept on every request.
   * Throws `core/store-address-invalid`.
   */
  constructor(address: string | URL, options: FetchStoreOptions = {}) {
    this.#address = String(address);
    this.#options = options;
    if (!URL.canParse(this.#address) || !/^https?:$/.test(new URL(this.#address).protocol))
      throw new LlmError({
        code: 'core/store-address-invalid',
        message: `${JSON.stringify(this.#address.slice(0, 200))} is no address of a web server. Give one with http:// or https://, in a page for example new URL('models/', location.href).`,
        details: { address: this.#address },
      });
  }

  async read(key: string): Promise<Uint8Array> {
    const { cache } = this.#options;
    if (cache === undefined) return bytesOf(await this.#ask(key, 'GET'));
    const known = await cachedValidator(cache, key);
    if (known !== undefined && this.#fresh.has(key)) return cache.read(key);
    let response: Response;
    try {
      response = await this.#ask(key, 'GET', known === undefined ? {} : condition(known));
    } catch (error) {
      // Offline the copy is better than nothing; a server that answers "no" is believed.
      if (known !== undefined && isUnreachable(error)) return cache.read(key);
      throw error;
    }
    this.#fresh.add(key);
    if (response.status === 304) return cache.read(key);
    const bytes = await bytesOf(response);
    const validator = response.headers.get('etag') ?? response.headers.get('last-modified');
    await cache.delete(validatorKey(key));
    await cache.write(key, bytes);
    // Written last: a copy without it is never used.
    if (validator !== null) await cache.write(validatorKey(key), new TextEncoder().encode(validator));
    return bytes;
  }

  async size(key: string): Promise<number> {
    const length = (await this.#ask(key, 'HEAD')).headers.get('content-length');
    return length === null ? (await this.read(key)).length : Number(length);
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkByteRange(start, end);
    if (end === start) return new Uint8Array();
    const { cache } = this.#options;
    if (cache?.readRange && this.#fresh.has(key) && (await cachedValidator(cache, key)) !== undefined)
      return cache.readRange(key, start, end);
    const response = await this.#ask(key, 'GET', { range: `bytes=${start}-${end - 1}` });
    if (response.status === 416) return new Uint8Array();
    const bytes = await bytesOf(response);
    // A server without ranges sends everything.
    return response.status === 206 ? bytes : bytes.slice(start, end);
  }

  async has(key: string): Promise<boolean> {
    try {
      await this.#ask(key, 'HEAD');
      return true;
    } catch (error) {
      if (LlmError.isInstance(error) && error.code === 'core/artifact-missing') return false;
      throw error;
    }
  }

  /** Throws `core/store-cannot-list` when the keys were not given. */
  async list(prefix: string): Promise<string[]> {
    const { keys } = this.#options;
    if (keys === undefined)
      throw new LlmError({
        code: 'core/store-cannot-list',
        message: `A web server does not say which files it has below ${this.#address}: give their names as \`keys\`.`,
      });
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  async write(key: string): Promise<never> {
    throw storeReadOnly(key, this.#address);
  }

  async delete(key: string): Promise<never> {
    throw storeReadOnly(key, this.#address);
  }

  #url(key: string): URL {
    const url = new URL(this.#address);
    const path = checkArtifactKey(key).split('/').map(encodeURIComponent).join('/');
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
    return url;
  }

  async #ask(key: string, method: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const url = this.#url(key);
    const { fetch = globalThis.fetch, signal } = this.#options;
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { ...this.#options.headers, ...headers },
        signal: signal ?? null,
      });
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new LlmError({
        code: 'core/store-unreachable',
        message: `${url.origin} cannot be reached for "${key}". Check the address and the connection, and that the server allows this page (CORS).`,
        details: { key, origin: url.origin },
        cause,
      });
    }
    if (response.ok || response.status === 304 || response.status === 416) return response;
    await response.body?.cancel();
    if (response.status === 404 || response.status === 410)
      throw artifactMissing(key, `${url.origin}${url.pathname}`);
    throw new LlmError({
      code: 'core/store-refused',
      message: `${url.origin} answered ${response.status} for "${key}". ${response.status === 401 || response.status === 403 ? 'Give the credentials it wants as `headers`' : 'Try again later'}.`,
      details: { key, status: response.status },
    });
  }
}

const validatorKey = (key: string): string => `${key}.validator`;

async function cachedValidator(cache: ArtifactStore, key: string): Promise<string | undefined> {
  if (!(await cache.has(validatorKey(key))) || !(await cache.has(key))) return undefined;
  return new TextDecoder().decode(await cache.read(validatorKey(key)));
}

/** An ETag is quoted, weak or not; anything else is a date. */
function condition(validator: string): Record<string, string> {
  return /^(W\/)?"/.test(validator) ? { 'if-none-match': validator } : { 'if-modified-since': validator };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

function isUnreachable(error: unknown): boolean {
  return LlmError.isInstance(error) && error.code === 'core/store-unreachable';
}
