/**
 * Memory for numbers that are made, used and made no more: one block, where arrays of their own would wait for a
 * collector while a session is made beside them.
 */
export class ScratchMemory {
  #buffer = new ArrayBuffer(0);
  #used = 0;

  /** `most` bytes between two calls of `clear`. */
  constructor(private readonly most: number) {}

  /** Zeros. */
  bytes(length: number): Uint8Array {
    // Pages nobody has written to cost nothing.
    if (this.#buffer.byteLength === 0) this.#buffer = new ArrayBuffer(this.most);
    const start = this.#used;
    this.#used += Math.ceil(length / 8) * 8;
    return new Uint8Array(this.#buffer, start, length).fill(0);
  }

  /** Zeros. */
  floats(length: number): Float32Array {
    const { buffer, byteOffset } = this.bytes(4 * length);
    return new Float32Array(buffer, byteOffset, length);
  }

  /** What was taken is taken again. */
  clear(): void {
    this.#used = 0;
  }

  free(): void {
    this.clear();
    this.#buffer = new ArrayBuffer(0);
  }
}
