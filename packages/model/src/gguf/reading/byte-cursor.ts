/**
 * Little-endian numbers and strings from the beginning of a source, fetched in growing pieces. `need` is
 * asked before anything is taken: it refuses what the file is too short for before a byte is fetched or held.
 */
import { invalidGguf } from '../gguf-error.js';
import type { ByteSource } from './byte-source.js';
import { decodeText } from './utf8.js';

const firstPiece = 2 ** 16;
const largestPiece = 2 ** 22;
/** Of a string; a chat template has a few kilobytes. */
const longestString = 2 ** 26;

export class ByteCursor {
  readonly file: string;
  readonly #source: ByteSource;
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Where in the file `#bytes` begin. */
  #start = 0;
  #at = 0;
  #piece = firstPiece;

  constructor(source: ByteSource) {
    this.#source = source;
    this.file = source.name ?? 'the file';
  }

  /** Of the next byte in the file. */
  get position(): number {
    return this.#start + this.#at;
  }

  get remaining(): number {
    return this.#source.size - this.position;
  }

  fail(what: string, byte: number = this.position): never {
    throw invalidGguf(this.file, what, byte);
  }

  /** Makes the next `count` bytes ready; nothing to wait for where they are. Throws `model/gguf-invalid`. */
  need(count: number, what: string): Promise<void> | undefined {
    return this.#bytes.length - this.#at >= count ? undefined : this.#fetch(count, what);
  }

  async #fetch(count: number, what: string): Promise<void> {
    const { position, remaining } = this;
    if (count > remaining) this.fail(`${what} needs ${count} bytes and the file has ${remaining} more`);
    const end = position + Math.min(remaining, Math.max(count, this.#piece));
    this.#piece = Math.min(largestPiece, 2 * this.#piece);
    this.#bytes = new Uint8Array();
    const bytes = await this.#source.read(position, end);
    if (bytes.length < count) this.fail(`it ends inside ${what}`, position + bytes.length);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = position;
    this.#at = 0;
  }

  #skip(count: number): number {
    this.#at += count;
    return this.#at - count;
  }

  uint8 = (): number => this.#view.getUint8(this.#skip(1));
  int8 = (): number => this.#view.getInt8(this.#skip(1));
  uint16 = (): number => this.#view.getUint16(this.#skip(2), true);
  int16 = (): number => this.#view.getInt16(this.#skip(2), true);
  uint32 = (): number => this.#view.getUint32(this.#skip(4), true);
  int32 = (): number => this.#view.getInt32(this.#skip(4), true);
  float32 = (): number => this.#view.getFloat32(this.#skip(4), true);
  float64 = (): number => this.#view.getFloat64(this.#skip(8), true);
  uint64 = (): number => this.#safe(this.#view.getBigUint64(this.#skip(8), true));
  int64 = (): number => this.#safe(this.#view.getBigInt64(this.#skip(8), true));

  boolean = (): boolean => {
    const byte = this.uint8();
    return byte < 2 ? byte === 1 : this.fail(`${byte} is neither true nor false`, this.position - 1);
  };

  #safe(value: bigint): number {
    const number = Number(value);
    return Number.isSafeInteger(number)
      ? number
      : this.fail(`the number ${value} is beyond 2^53`, this.position - 8);
  }

  /** The next string where all of it is here already: a vocabulary has hundreds of thousands. */
  readyString(): string | undefined {
    const available = this.#bytes.length - this.#at;
    if (available < 8 || this.#view.getUint32(this.#at + 4, true) !== 0) return undefined;
    const length = this.#view.getUint32(this.#at, true);
    if (length > available - 8) return undefined;
    const start = this.#skip(8 + length) + 8;
    return this.#decoded(start, start + length, 'a text');
  }

  /** A length in 8 bytes, and so many bytes of UTF-8. */
  async string(what: string, longest: number = longestString): Promise<string> {
    await this.need(8, what);
    const start = this.position;
    const length = this.uint64();
    if (length > longest) this.fail(`${what} has ${length} bytes, more than ${longest}`, start);
    const wait = this.need(length, what);
    if (wait) await wait;
    const from = this.#skip(length);
    return this.#decoded(from, from + length, what);
  }

  #decoded(from: number, to: number, what: string): string {
    try {
      return decodeText(this.#bytes, from, to);
    } catch {
      return this.fail(`${what} is not UTF-8`, this.#start + from);
    }
  }
}
