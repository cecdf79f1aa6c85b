/** A growing window over a stream of buffers; `offset` is the file position of its first byte. */
export class SourceWindow {
  bytes: Buffer = Buffer.alloc(0);
  ended = false;
  readonly #iterator: AsyncIterator<Uint8Array>;

  constructor(
    source: AsyncIterable<Uint8Array>,
    public offset = 0,
  ) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** Reads until the window holds `count` bytes or the source ends; false when the window is then empty. */
  async fill(count: number): Promise<boolean> {
    if (this.bytes.length < count && !this.ended) {
      const parts: Uint8Array[] = [this.bytes];
      let length = this.bytes.length;
      while (length < count) {
        const next = await this.#iterator.next();
        if (next.done === true) {
          this.ended = true;
          break;
        }
        parts.push(next.value);
        length += next.value.length;
      }
      this.bytes = Buffer.concat(parts, length);
    }
    return this.bytes.length > 0;
  }

  drop(count: number): void {
    this.bytes = this.bytes.subarray(count);
    this.offset += count;
  }

  /** Goes back to `offset`, where `earlier` starts; false when `earlier` does not reach as far as here. */
  rewind(earlier: Buffer, offset: number): boolean {
    const gone = this.offset - offset;
    if (gone > earlier.length) return false;
    this.bytes = Buffer.concat([earlier.subarray(0, gone), this.bytes]);
    this.offset = offset;
    return true;
  }
}
