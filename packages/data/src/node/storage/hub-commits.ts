/**
 * Writing to a data set on the hub of Hugging Face: what is to be a file is announced (`preupload`), large
 * files and those that are no text go to its storage (Git LFS, whole or in parts), and a commit names them.
 * Every file is a commit of its own, so that it is seen as soon as it is whole. The data set must be there;
 * `HF_TOKEN` must be allowed to write. Left out: Xet's transfer, pull requests, making data sets.
 */

import { readBytes, type StorageOptions } from './http-client.js';
import {
  connectToHub,
  type HubConnection,
  type HubPlace,
  hubUrl,
  longestAnswer,
  parsed,
} from './hub-datasets.js';
import type { HttpRequest } from './send-request.js';
import { storageError } from './storage-error.js';

/** A file that is whole, somewhere. */
export interface WholeFile {
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
  read(start: number, end: number): Promise<Uint8Array>;
}

interface LfsAction {
  readonly href: string;
  readonly header?: Readonly<Record<string, string>> | undefined;
}

interface LfsObject {
  readonly oid: string;
  readonly actions?: { readonly upload?: LfsAction; readonly verify?: LfsAction } | undefined;
  readonly error?: { readonly message: string } | undefined;
}

const lfsType = 'application/vnd.git-lfs+json';
/** Bytes that the hub looks at to tell what a file is. */
const sampleBytes = 512;

export class HubCommits {
  readonly #hub: HubConnection;

  /** Throws `data/storage-credentials` without a token, `data/storage-url-invalid`. */
  constructor(options: StorageOptions = {}) {
    this.#hub = connectToHub(options);
    if (this.#hub.hasToken) return;
    throw storageError(
      'credentials',
      this.#hub.endpoint,
      'Writing to the hub takes a token: set HF_TOKEN to one that may write.',
    );
  }

  /**
   * Throws where nothing could be written: the hub is asked how it would take a file, and nothing is sent.
   */
  async checkWritable(place: HubPlace): Promise<void> {
    await this.#uploadMode(place, 1, Buffer.from('x'));
  }

  async add(place: HubPlace, file: WholeFile): Promise<void> {
    const sample = await file.read(0, Math.min(sampleBytes, file.size));
    const { path } = place;
    if ((await this.#uploadMode(place, file.size, sample)) === 'lfs') {
      await this.#upload(place, file);
      const value = { path, algo: 'sha256', oid: file.sha256, size: file.size };
      return this.#commit(place, `Upload ${path}`, { key: 'lfsFile', value });
    }
    const content = Buffer.from(await file.read(0, file.size)).toString('base64');
    return this.#commit(place, `Upload ${path}`, {
      key: 'file',
      value: { path, content, encoding: 'base64' },
    });
  }

  async delete(place: HubPlace): Promise<void> {
    await this.#commit(place, `Delete ${place.path}`, { key: 'deletedFile', value: { path: place.path } });
  }

  async #uploadMode(place: HubPlace, size: number, sample: Uint8Array): Promise<'lfs' | 'regular'> {
    const url = this.#api(place, 'preupload');
    const files = [{ path: place.path, size, sample: Buffer.from(sample).toString('base64') }];
    const answer = await this.#json<{
      files?: { path: string; uploadMode: string; shouldIgnore?: boolean }[];
    }>(url, { files });
    const found = answer.files?.[0];
    if (found?.shouldIgnore === true)
      throw storageError(
        'denied',
        url,
        `The .gitignore of ${hubUrl(place)} leaves this file out. Write under another name, or change it.`,
      );
    if (found?.uploadMode === 'lfs' || found?.uploadMode === 'regular') return found.uploadMode;
    throw protocol(url, 'does not say how it takes a file');
  }

  async #upload(place: HubPlace, file: WholeFile): Promise<void> {
    const { sha256: oid, size } = file;
    const url = `${this.#hub.endpoint}/datasets/${place.repository}.git/info/lfs/objects/batch`;
    const { objects } = await this.#json<{ objects?: readonly LfsObject[] }>(
      url,
      {
        operation: 'upload',
        transfers: ['basic', 'multipart'],
        hash_algo: 'sha256',
        ref: { name: place.revision },
        objects: [{ oid, size }],
      },
      lfsType,
    );
    const object = objects?.find((one) => one.oid === oid);
    if (object === undefined) throw protocol(url, 'does not name the file it was asked about');
    if (object.error !== undefined)
      throw storageError('denied', url, `The hub does not take ${hubUrl(place)}: ${object.error.message}`);
    // What is there already is not sent again.
    const { upload, verify } = object.actions ?? {};
    if (upload === undefined) return;
    const chunk = Number(upload.header?.chunk_size);
    if (Number.isSafeInteger(chunk) && chunk > 0) await this.#sendParts(upload, chunk, file);
    else
      await this.#send(
        () => ({ method: 'PUT', url: upload.href, headers: upload.header }),
        await file.read(0, size),
      );
    if (verify !== undefined) await this.#json(verify.href, { oid, size }, lfsType, verify.header);
  }

  /** The header holds an address for each part, by number: `00001`, `00002`, …. */
  async #sendParts(upload: LfsAction, chunk: number, { sha256: oid, size, read }: WholeFile): Promise<void> {
    const numbers = Object.keys(upload.header!).filter((name) => /^\d+$/.test(name));
    numbers.sort((a, b) => Number(a) - Number(b));
    if (numbers.length !== Math.ceil(size / chunk))
      throw protocol(
        upload.href,
        `wants ${numbers.length} parts of a file that has ${Math.ceil(size / chunk)}`,
      );
    const parts: { partNumber: number; etag: string }[] = [];
    for (const name of numbers) {
      const start = (Number(name) - 1) * chunk;
      const bytes = await read(start, Math.min(size, start + chunk));
      const etag = await this.#send(() => ({ method: 'PUT', url: upload.header![name]! }), bytes);
      if (etag === undefined) throw protocol(upload.href, `does not acknowledge part ${name}`);
      parts.push({ partNumber: Number(name), etag });
    }
    await this.#json(upload.href, { oid, parts }, lfsType);
  }

  async #commit(place: HubPlace, summary: string, operation: object): Promise<void> {
    const lines = [{ key: 'header', value: { summary } }, operation].map((one) => JSON.stringify(one));
    const body = Buffer.from(`${lines.join('\n')}\n`);
    const url = this.#api(place, 'commit');
    await this.#send(
      () => ({ method: 'POST', url, headers: { 'content-type': 'application/x-ndjson' } }),
      body,
    );
  }

  #api({ repository, revision }: HubPlace, what: string): string {
    return `${this.#hub.endpoint}/api/datasets/${repository}/${what}/${encodeURIComponent(revision)}`;
  }

  /** The ETag of what was sent. */
  #send(request: () => HttpRequest, body: Uint8Array): Promise<string | undefined> {
    return this.#hub.client.request(
      () => ({ ...request(), body }),
      async (response) => {
        await readBytes(response, longestAnswer);
        return response.header('etag');
      },
    );
  }

  #json<Answer>(
    url: string,
    body: object,
    type = 'application/json',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.#hub.client.request(
      () => ({
        method: 'POST',
        url,
        headers: { ...headers, accept: type, 'content-type': type },
        body: Buffer.from(JSON.stringify(body)),
      }),
      async (response) => {
        const text = new TextDecoder().decode(await readBytes(response, longestAnswer));
        return parsed<Answer>(text === '' ? '{}' : text, url);
      },
    );
  }
}

const protocol = (url: string, what: string): Error =>
  storageError(
    'protocol',
    url,
    `${url.replace(/\?.*$/s, '')} ${what}: that is not how a hub answers. Check HF_ENDPOINT.`,
  );
