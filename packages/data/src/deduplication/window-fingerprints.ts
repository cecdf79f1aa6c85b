/**
 * Fingerprints of all windows of a number of bytes (Karp & Rabin 1987), by two remainders of 31 bits, and the
 * windows that are chosen as seeds (winnowing, Schleimer et al. 2003): of the seeds within a longer window
 * the one with the least fingerprint, so that two equal windows choose the same. Arithmetic is in doubles:
 * all products stay below 2⁵³.
 */
import { finalize32 } from './hashing.js';

/** Modulus and base of each lane; bases below 2²⁰. */
const lanes = [
  [2147483647, 972_663],
  [2147483629, 911_383],
] as const;

/** Fingerprints of the windows of one text, reused for the next. */
export class WindowFingerprints {
  high = new Uint32Array(0);
  low = new Uint32Array(0);
  readonly #leaving: readonly Float64Array[];

  constructor(
    /** Of a window. */
    readonly bytes: number,
  ) {
    this.#leaving = lanes.map(([modulus, base]) => {
      let power = 1;
      for (let at = 1; at < bytes; at++) power = remainder(power * base, modulus, 1 / modulus);
      return Float64Array.from({ length: 256 }, (_, byte) =>
        remainder((byte + 1) * power, modulus, 1 / modulus),
      );
    });
  }

  /** Fills `high` and `low`; returns how many windows there are. */
  load(text: Uint8Array): number {
    const count = Math.max(0, text.length - this.bytes + 1);
    if (count > this.high.length) {
      this.high = new Uint32Array(count * 2);
      this.low = new Uint32Array(count * 2);
    }
    if (count === 0) return 0;
    this.#roll(text, 0, this.high);
    this.#roll(text, 1, this.low);
    // Their upper bits decide where a key is sorted.
    for (let at = 0; at < count; at++) this.high[at] = finalize32(this.high[at]!);
    return count;
  }

  #roll(text: Uint8Array, lane: 0 | 1, target: Uint32Array): void {
    const [modulus, base] = lanes[lane];
    const leaving = this.#leaving[lane]!;
    const inverse = 1 / modulus;
    const { bytes } = this;
    let hash = 0;
    for (let at = 0; at < bytes; at++) hash = remainder(hash * base + text[at]! + 1, modulus, inverse);
    target[0] = hash;
    for (let at = bytes; at < text.length; at++) {
      const rest = hash - leaving[text[at - bytes]!]! + modulus;
      hash = remainder(rest * base + text[at]! + 1, modulus, inverse);
      target[at - bytes + 1] = hash;
    }
  }
}

function remainder(value: number, modulus: number, inverse: number): number {
  const rest = value - Math.floor(value * inverse) * modulus;
  return rest < 0 ? rest + modulus : rest >= modulus ? rest - modulus : rest;
}

/**
 * Places of the seeds that the windows of `span` seeds choose, ascending: `keys` are the fingerprints of
 * `count` seeds, the first of equals is chosen.
 */
export function* chosenSeeds(keys: Uint32Array, count: number, span: number): Generator<number> {
  // A queue of places whose keys ascend, in a ring.
  const queue = new Uint32Array(span);
  let [first, size, last] = [0, 0, -1];
  for (let place = 0; place < count; place++) {
    if (size > 0 && queue[first]! + span <= place) {
      first = (first + 1) % span;
      size--;
    }
    while (size > 0 && keys[queue[(first + size - 1) % span]!]! > keys[place]!) size--;
    queue[(first + size) % span] = place;
    size++;
    if (place < span - 1 || queue[first] === last) continue;
    last = queue[first]!;
    yield last;
  }
}
