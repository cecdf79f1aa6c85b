/** Records of little-endian 32-bit words in an `ArtifactStore`, read in ranges. */
import { type ArtifactStore, LlmError } from '@llm/core';

/** The words' bytes, little-endian on every machine. */
export function wordBytes(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  if (littleEndian) return bytes;
  return new Uint8Array(Buffer.from(bytes).swap32());
}

/** Words `start` to `end` of an artifact; throws `data/work-damaged` when it is shorter. */
export async function readWords(
  store: ArtifactStore,
  key: string,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): Promise<Uint32Array> {
  const whole = end === Number.POSITIVE_INFINITY;
  const bytes =
    store.readRange === undefined || whole
      ? (await store.read(key)).subarray(start * 4, whole ? undefined : end * 4)
      : await store.readRange(key, start * 4, end * 4);
  if (bytes.length % 4 !== 0 || (!whole && bytes.length !== (end - start) * 4))
    throw new LlmError({
      code: 'data/work-damaged',
      message: `The work file "${key}" ends too early. Delete the folder work/ of this run and run it again.`,
      details: { key },
    });
  const own = new Uint8Array(bytes);
  return new Uint32Array((littleEndian ? own : new Uint8Array(Buffer.from(own).swap32())).buffer);
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Words that are collected without knowing how many there will be. */
export class WordList {
  #words = new Uint32Array(1024);
  length = 0;

  push(...words: readonly number[]): void {
    this.append(words);
  }

  append(words: ArrayLike<number>): void {
    if (this.length + words.length > this.#words.length) {
      const grown = new Uint32Array(Math.max(this.#words.length * 2, this.length + words.length));
      grown.set(this.#words.subarray(0, this.length));
      this.#words = grown;
    }
    this.#words.set(words, this.length);
    this.length += words.length;
  }

  /** A view that the next `push` may overwrite. */
  get words(): Uint32Array {
    return this.#words.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}
