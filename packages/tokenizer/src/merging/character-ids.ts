/** Code points that are tokens. */
import type { TokenBytes } from '../vocabulary/token-bytes.js';

export class CharacterIds {
  /** [65536] by UTF-16 unit */
  readonly #units = new Int32Array(1 << 16).fill(-1);
  readonly #others = new Map<number, number>();

  /** Those of `raw` do not count; of several the smallest does. */
  constructor({ bytes, offsets }: TokenBytes, raw?: ReadonlySet<number>) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let id = offsets.length - 2; id >= 0; id--) {
      const start = offsets[id]!;
      const length = offsets[id + 1]! - start;
      if (length === 0 || length > 4 || length !== sequenceLength(view.getUint8(start)) || raw?.has(id))
        continue;
      const codePoint = codePointAt(view, start);
      if (codePoint < 1 << 16) this.#units[codePoint] = id;
      else this.#others.set(codePoint, id);
    }
  }

  /** -1 for none. */
  find(codePoint: number): number {
    return codePoint < 1 << 16 ? this.#units[codePoint]! : (this.#others.get(codePoint) ?? -1);
  }
}

/** Bytes of the character that begins with this byte, in valid UTF-8. */
export function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** In valid UTF-8. */
export function codePointAt(view: DataView, position: number): number {
  const first = view.getUint8(position);
  if (first < 0x80) return first;
  const second = view.getUint8(position + 1) & 0x3f;
  if (first < 0xe0) return ((first & 0x1f) << 6) | second;
  const third = view.getUint8(position + 2) & 0x3f;
  if (first < 0xf0) return ((first & 0xf) << 12) | (second << 6) | third;
  return ((first & 7) << 18) | (second << 12) | (third << 6) | (view.getUint8(position + 3) & 0x3f);
}
