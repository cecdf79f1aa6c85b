import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * A local file read where it is asked for, without waiting: what is passed over costs nothing. Also after
 * `close`, when somebody still wants a part of it.
 */
export class RandomFile {
  #handle: number | undefined;
  readonly size: number;

  constructor(readonly path: string) {
    this.#handle = openSync(path, 'r');
    this.size = fstatSync(this.#handle).size;
  }

  /** Up to `length` bytes from `offset`: fewer at the end of the file. They are the caller's. */
  readonly read = (offset: number, length: number): Uint8Array =>
    this.readInto(Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, this.size - offset))), offset);

  /** Fills `bytes` from `offset`; returns the part of them that was filled. */
  readInto(bytes: Uint8Array, offset: number): Uint8Array {
    const handle = this.#handle ?? openSync(this.path, 'r');
    try {
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(handle, bytes, filled, bytes.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled === bytes.length ? bytes : bytes.subarray(0, filled);
    } finally {
      if (this.#handle === undefined) closeSync(handle);
    }
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}
