/**
 * The part of S3 that a pipeline needs: ranged reads, listings, puts, uploads in parts, deletes. Requests are
 * signed (Signature Version 4, aws4fetch) with the hash of their body, so that what is damaged on its way is
 * refused.
 */
import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { ByteSource, StoredFile } from './byte-source.js';
import { HttpClient, readBytes, type StorageOptions } from './http-client.js';
import { openRangedSource } from './ranged-source.js';
import { s3Refusal, xmlTexts } from './s3-answers.js';
import { type S3Environment, s3Environment } from './s3-environment.js';
import { type HttpRequest, PassingFailure } from './send-request.js';
import { storageError } from './storage-error.js';

export interface S3Place {
  readonly bucket: string;
  /** Without a slash before it. */
  readonly key: string;
}

/** Throws `data/storage-url-invalid`. */
export function parseS3Url(url: string): S3Place {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket !== undefined && /^[A-Za-z0-9][\w.-]{1,254}$/.test(bucket)) return { bucket, key };
  throw storageError(
    'url-invalid',
    url,
    `"${url.slice(0, 200)}" is no address of S3. Write s3://bucket/key.`,
  );
}

export const s3Url = ({ bucket, key }: S3Place): string => `s3://${bucket}/${key}`;

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
}

const longestAnswer = 64 * 1024 * 1024;

export class S3Client {
  readonly #options: StorageOptions;
  readonly #environment: S3Environment;

  /** Throws `data/storage-credentials` for credentials that cannot work. */
  constructor(options: StorageOptions = {}, environment: S3Environment = s3Environment()) {
    this.#options = options;
    this.#environment = environment;
  }

  open(place: S3Place): Promise<ByteSource> {
    return openRangedSource({
      client: this.#client(place),
      url: s3Url(place),
      address: this.#address(place),
    });
  }

  async readWhole(place: S3Place): Promise<Uint8Array> {
    return this.#client(place).request(
      () => ({ method: 'GET', url: this.#address(place) }),
      (response) => readBytes(response, Number.POSITIVE_INFINITY),
    );
  }

  /** Undefined when there is no such object. */
  async size(place: S3Place): Promise<number | undefined> {
    // An answer to HEAD has no body: why it was refused is said only to a GET.
    return this.#client(place).request(
      () => ({ method: 'HEAD', url: this.#address(place) }),
      async ({ status, header }) =>
        status === 404
          ? undefined
          : status === 400 || status === 401 || status === 403
            ? (await this.open(place)).size
            : Number(header('content-length')),
      [400, 401, 403, 404],
    );
  }

  /** Every object whose key starts with that of `place`, in the order of S3. */
  async *list(place: S3Place): AsyncGenerator<StoredFile & { readonly key: string }> {
    const { bucket, key: prefix } = place;
    let token: string | undefined;
    do {
      const query: Record<string, string> = { 'list-type': '2', prefix };
      if (token !== undefined) query['continuation-token'] = token;
      const url = this.#address({ bucket, key: '' }, query);
      const xml = await this.#text(place, () => ({ method: 'GET', url }));
      // The encoding of keys is not asked for: servers say that they encode, and do not.
      let key = '';
      token = undefined;
      for (const [name, text] of xmlTexts(xml, ['Key', 'Size', 'NextContinuationToken'])) {
        if (name === 'NextContinuationToken') token = text;
        if (name === 'Key') key = text;
        if (name === 'Size') yield { key, url: s3Url({ bucket, key }), size: Number(text) };
      }
    } while (token !== undefined && token !== '');
  }

  async put(place: S3Place, body: Uint8Array): Promise<void> {
    await this.#text(place, () => ({ method: 'PUT', url: this.#address(place), body }));
  }

  /** No error when there is none. */
  async delete(place: S3Place): Promise<void> {
    await this.#client(place).request(
      () => ({ method: 'DELETE', url: this.#address(place) }),
      () => undefined,
      [404],
    );
  }

  /** The identifier of an upload in parts, to be completed or aborted. */
  async startUpload(place: S3Place): Promise<string> {
    const url = this.#address(place, { uploads: '' });
    const xml = await this.#text(place, () => ({ method: 'POST', url }));
    const upload = xmlTexts(xml, ['UploadId'])[0]?.[1];
    if (upload) return upload;
    throw storageError(
      'protocol',
      s3Url(place),
      `S3 began no upload of ${s3Url(place)}. Check AWS_ENDPOINT_URL.`,
    );
  }

  uploadPart(place: S3Place, upload: string, number: number, body: Uint8Array): Promise<UploadedPart> {
    const url = this.#address(place, { partNumber: String(number), uploadId: upload });
    return this.#client(place).request(
      () => ({ method: 'PUT', url, body }),
      ({ header }) => ({ number, etag: header('etag') ?? '' }),
    );
  }

  async completeUpload(place: S3Place, upload: string, parts: readonly UploadedPart[]): Promise<void> {
    const url = this.#address(place, { uploadId: upload });
    const listed = parts.map(
      ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = Buffer.from(`<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`);
    await this.#client(place).request(
      () => ({ method: 'POST', url, body }),
      async (response) => {
        const xml = new TextDecoder().decode(await readBytes(response, longestAnswer));
        // The status is sent before the work is done, so that 200 may come with an error.
        if (xmlTexts(xml, ['ETag']).length === 0)
          throw new PassingFailure(xmlTexts(xml, ['Code'])[0]?.[1] ?? 'the upload was not completed');
      },
    );
  }

  async abortUpload(place: S3Place, upload: string): Promise<void> {
    const url = this.#address(place, { uploadId: upload });
    await this.#client(place).request(
      () => ({ method: 'DELETE', url }),
      () => undefined,
      [404],
    );
  }

  #text(place: S3Place, request: () => HttpRequest): Promise<string> {
    return this.#client(place).request(request, async (response) =>
      new TextDecoder().decode(await readBytes(response, longestAnswer)),
    );
  }

  #client(place: S3Place): HttpClient {
    const { credentials, region } = this.#environment;
    const authorize = async (request: HttpRequest): Promise<HttpRequest> => {
      if (credentials === undefined) return request;
      const { accessKeyId, secretAccessKey, sessionToken } = credentials;
      const hash = createHash('sha256')
        .update(request.body ?? '')
        .digest('hex');
      const signer = new AwsV4Signer({
        method: request.method,
        url: request.url,
        headers: { ...request.headers, 'x-amz-content-sha256': hash },
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        service: 's3',
        region,
      });
      const { url, headers } = await signer.sign();
      const signed: Record<string, string> = {};
      headers.forEach((value, name) => {
        if (name !== 'host') signed[name] = value;
      });
      return { ...request, url: url.href, headers: signed };
    };
    const explain: NonNullable<HttpClient['host']['explain']> = (answer) =>
      s3Refusal(s3Url(place), credentials !== undefined, answer);
    return new HttpClient({ authorize, explain }, this.#options);
  }

  #address({ bucket, key }: S3Place, query: Readonly<Record<string, string>> = {}): string {
    const { endpoint, region, addressing } = this.#environment;
    // Servers other than Amazon's seldom have a name for every bucket; a certificate does not fit dots.
    const style = addressing ?? (endpoint !== undefined || bucket.includes('.') ? 'path' : 'virtual');
    const base = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
    if (style === 'virtual') base.hostname = `${bucket}.${base.hostname}`;
    const names = (style === 'path' ? `${bucket}/${key}` : key).split('/').map(encoded).join('/');
    const search = Object.entries(query)
      .map(([name, value]) => `${name}=${encoded(value)}`)
      .join('&');
    return `${base.href.replace(/\/+$/, '')}/${names}${search === '' ? '' : `?${search}`}`;
  }
}

/** As the signature wants it (RFC 3986). */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
