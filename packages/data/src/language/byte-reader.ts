/** Reads little-endian numbers and C strings in turn. Reading past the end throws a `RangeError`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(count: number): void {
    this.#at += count;
  }

  uint8(): number {
    return this.#view.getUint8(this.#at++);
  }

  int32(): number {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  /** As a number: the files read here hold no value beyond 2^53. */
  int64(): number {
    this.#at += 8;
    return Number(this.#view.getBigInt64(this.#at - 8, true));
  }

  /**
   * So many floats: a view of the bytes where their place allows it, or where they may be moved to one that
   * does; else a copy.
   */
  floats(count: number, mayOverwrite: boolean): Float32Array {
    const bytes = this.bytes(4 * count);
    if (!littleEndian) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Float32Array.from({ length: count }, (_, index) => view.getFloat32(4 * index, true));
    }
    const shift = bytes.byteOffset % 4;
    if (!mayOverwrite) return new Float32Array(new Uint8Array(bytes).buffer);
    // What lies before was read already.
    if (shift > 0)
      new Uint8Array(bytes.buffer).copyWithin(
        bytes.byteOffset - shift,
        bytes.byteOffset,
        bytes.byteOffset + bytes.byteLength,
      );
    return new Float32Array(bytes.buffer, bytes.byteOffset - shift, count);
  }

  bytes(count: number): Uint8Array {
    this.#expect(count);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** Before memory is taken for them. Throws a `RangeError` when they are not there. */
  #expect(count: number): void {
    const left = this.#bytes.length - this.#at;
    if (!(count >= 0 && count <= left))
      throw new RangeError(`${count} bytes were expected, ${left} are left`);
  }

  /** So many entries of so many bytes. */
  expectEntries(count: number, bytes: number): number {
    this.#expect(count * bytes);
    return count;
  }

  /** UTF-8 up to a zero byte. */
  cString(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new RangeError('a string that does not end');
    const text = new TextDecoder('utf-8').decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
