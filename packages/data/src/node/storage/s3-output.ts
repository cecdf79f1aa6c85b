/**
 * An object that is written in a stream: in one request while it is small, else in parts that S3 puts
 * together when all are there. What is not finished is aborted, and never seen under its name.
 */
import type { OutputFile } from './byte-source.js';
import { type S3Client, type S3Place, s3Url, type UploadedPart } from './s3-client.js';

const firstPartBytes = 8 * 1024 * 1024;

/** S3 takes 10,000 parts: with these sizes, 440 GB. */
const partBytes = (index: number): number => firstPartBytes * (1 + Math.floor(index / 1000));

export class S3Output implements OutputFile {
  readonly url: string;
  #waiting: Uint8Array[] = [];
  #length = 0;
  #upload: string | undefined;
  readonly #parts: UploadedPart[] = [];

  constructor(
    readonly client: S3Client,
    readonly place: S3Place,
  ) {
    this.url = s3Url(place);
  }

  async write(bytes: Uint8Array): Promise<void> {
    // The bytes are the caller's, who may write over them.
    this.#waiting.push(bytes.slice());
    this.#length += bytes.length;
    while (this.#length >= partBytes(this.#parts.length)) {
      const whole = Buffer.concat(this.#waiting, this.#length);
      const size = partBytes(this.#parts.length);
      await this.#sendPart(whole.subarray(0, size));
      this.#waiting = [whole.subarray(size)];
      this.#length = whole.length - size;
    }
  }

  async finish(): Promise<void> {
    const rest = Buffer.concat(this.#waiting, this.#length);
    this.#waiting = [];
    if (this.#upload === undefined) return this.client.put(this.place, rest);
    if (rest.length > 0) await this.#sendPart(rest);
    await this.client.completeUpload(this.place, this.#upload, this.#parts);
  }

  async abandon(): Promise<void> {
    this.#waiting = [];
    if (this.#upload !== undefined)
      await this.client.abortUpload(this.place, this.#upload).catch(() => undefined);
  }

  async #sendPart(bytes: Uint8Array): Promise<void> {
    this.#upload ??= await this.client.startUpload(this.place);
    const number = this.#parts.length + 1;
    this.#parts.push(await this.client.uploadPart(this.place, this.#upload, number, bytes));
  }
}
