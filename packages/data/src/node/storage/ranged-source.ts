/**
 * A `ByteSource` over HTTP ranges. It is opened by asking for its first byte, which tells size and version,
 * whether ranges are known, and whether it may be read at all. A server without ranges gives streams only.
 */
import type { ByteSource } from './byte-source.js';
import { type HttpClient, readBytes } from './http-client.js';
import { type HttpResponse, PassingFailure } from './send-request.js';
import { storageError, withoutQuery } from './storage-error.js';

export interface RangedSourceOptions {
  readonly client: HttpClient;
  /** What it is called; not always where it is fetched. */
  readonly url: string;
  readonly address: string;
}

/** Throws `data/storage-…`. */
export function openRangedSource(options: RangedSourceOptions): Promise<ByteSource> {
  const { client, url, address } = options;
  return client.request(
    () => ({ method: 'GET', url: address, headers: { range: 'bytes=0-0' } }),
    (response) => {
      const version = versionOf(response);
      if (response.status === 206) {
        const { total } = contentRange(response, url);
        return new RangedSource(options, total, version, true);
      }
      // Nothing has no first byte.
      if (response.status === 416) return new RangedSource(options, 0, version, true);
      const length = Number(response.header('content-length') ?? Number.NaN);
      if (!Number.isSafeInteger(length))
        throw storageError(
          'protocol',
          url,
          `${withoutQuery(url)} does not say how long it is. Download it and name the file.`,
        );
      return new RangedSource(options, length, version, false);
    },
    [416],
  );
}

/** So far in a server without ranges reads from the start to get to a part. */
const fromStartBytes = 64 * 1024 * 1024;

class RangedSource implements ByteSource {
  readonly url: string;

  constructor(
    readonly options: RangedSourceOptions,
    readonly size: number,
    readonly version: string,
    readonly hasRanges: boolean,
  ) {
    this.url = options.url;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(this.size, offset + length);
    if (end <= offset) return new Uint8Array();
    if (!this.hasRanges) return this.#readFromStart(offset, end);
    return this.options.client.request(
      () => this.#request(offset, end),
      async (response) => {
        this.#check(response, offset);
        const bytes = await readBytes(response, end - offset);
        if (bytes.length < end - offset) throw new PassingFailure('the answer was short');
        return bytes;
      },
    );
  }

  async #readFromStart(offset: number, end: number): Promise<Uint8Array> {
    if (end > fromStartBytes)
      throw storageError(
        'no-ranges',
        this.url,
        `The server of ${withoutQuery(this.url)} gives no parts of files, which this form needs. Download it and name the file.`,
      );
    const parts: Uint8Array[] = [];
    for await (const part of this.stream(0, end)) parts.push(part);
    return Buffer.concat(parts).subarray(offset);
  }

  async *stream(start = 0, end = this.size): AsyncGenerator<Uint8Array> {
    const { client } = this.options;
    const stop = Math.min(end, this.size);
    const attempts = client.attempts();
    for (let at = start; at < stop; ) {
      try {
        const response = await client.open(this.#request(at, stop));
        try {
          // Without ranges the whole comes again, and what was there before is passed over.
          let skip = this.#check(response, at);
          for await (const piece of response.body) {
            const rest = piece.subarray(Math.min(skip, piece.length));
            skip -= piece.length - rest.length;
            const wanted = rest.subarray(0, stop - at);
            at += wanted.length;
            if (wanted.length === 0) continue;
            attempts.progressed();
            yield wanted;
            if (at >= stop) break;
          }
        } finally {
          response.close();
        }
        if (at < stop) throw new PassingFailure(`the connection ended at byte ${at} of ${this.size}`);
      } catch (error) {
        await attempts.failed(error, this.url);
      }
    }
  }

  #request(start: number, end: number): { method: 'GET'; url: string; headers: Record<string, string> } {
    const whole = start === 0 && end === this.size;
    const headers: Record<string, string> =
      whole || !this.hasRanges ? {} : { range: `bytes=${start}-${end - 1}` };
    return { method: 'GET', url: this.options.address, headers };
  }

  /** How many bytes of the body come before `start`. */
  #check(response: HttpResponse, start: number): number {
    const version = versionOf(response);
    if (version !== this.version && version !== '' && this.version !== '') throw changed(this.url);
    if (response.status === 200) {
      const length = response.header('content-length');
      if (length !== undefined && Number(length) !== this.size) throw changed(this.url);
      return start;
    }
    const range = contentRange(response, this.url);
    if (range.total !== this.size) throw changed(this.url);
    if (range.start !== start)
      throw storageError(
        'protocol',
        this.url,
        `${withoutQuery(this.url)} answers with bytes from ${range.start} on, asked were those from ${start} on. Download it and name the file.`,
      );
    return 0;
  }
}

function versionOf(response: HttpResponse): string {
  return (
    response.header('x-linked-etag') ?? response.header('etag') ?? response.header('last-modified') ?? ''
  );
}

function contentRange(response: HttpResponse, url: string): { start: number; total: number } {
  const said = response.header('content-range') ?? '';
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(said) ?? [];
  if (start !== undefined && total !== undefined) return { start: Number(start), total: Number(total) };
  throw storageError(
    'protocol',
    url,
    `${withoutQuery(url)} answers a range with "${said}", which says neither where it is nor of how much. Download it and name the file.`,
  );
}

const changed = (url: string): Error =>
  storageError(
    'changed',
    url,
    `${withoutQuery(url)} changed while it was read. Start anew, so that all is of one state.`,
  );
