import { concatBytes } from './concat-bytes.js';

/** Pieces of bytes that belong together, joined once, when they are asked for. */
export class ByteParts {
  #parts: Uint8Array[] = [];
  length = 0;

  add(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.length += part.length;
  }

  /** One piece is given out as it is. */
  bytes(): Uint8Array {
    if (this.#parts.length !== 1) this.#parts = [concatBytes(this.#parts)];
    return this.#parts[0]!;
  }

  /** The memory of the pieces is going to change: they are copied. */
  own(): void {
    if (this.length > 0) this.#parts = [concatBytes(this.#parts)];
  }

  clear(): void {
    this.#parts = [];
    this.length = 0;
  }
}
