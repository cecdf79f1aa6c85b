/** A growing window over a stream of buffers; `offset` is the file position of its first byte. */
export class SourceWindow {
  bytes: Buffer = Buffer.alloc(0);
  ended = false;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #memory: Buffer | undefined;

  constructor(
    source: AsyncIterable<Uint8Array>,
    public offset = 0,
  ) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** From now on `bytes` are good until the next `fill`: the memory of the window is used again. */
  reuseMemory(): void {
    this.#memory ??= Buffer.alloc(0);
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
      this.bytes = this.#joined(parts, length);
    }
    return this.bytes.length > 0;
  }

  #joined(parts: readonly Uint8Array[], length: number): Buffer {
    if (this.#memory === undefined) return Buffer.concat(parts, length);
    if (length > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(2 * length);
    let at = 0;
    for (const part of parts) {
      // The first part is what is left of the window: it may move within its memory.
      this.#memory.set(part, at);
      at += part.length;
    }
    return this.#memory.subarray(0, length);
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
