/**
 * Deduplication of substrings (Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better"):
 * every stretch of 100 bytes or more that occurs twice in the corpus is removed but once, or everywhere. The
 * ranges are those of their suffix array, found without one: two equal windows of 100 bytes hold the same
 * seed of 50 bytes, so that only seeds are sorted, and then only the windows around those that occur twice.
 */
import { checkChoice, checkNumbers } from '@llm/core';
import { wordsIn } from '../words/words-by-language.js';
import { chosenSeeds, WindowFingerprints } from './window-fingerprints.js';

export interface SubstringDeduplication {
  /** UTF-8 bytes of the shortest stretch that is removed. Default 100. */
  readonly minimumBytes?: number | undefined;
  /** `first` leaves the first copy in the corpus, `none` removes all, as the paper. Default `first`. */
  readonly keep?: 'first' | 'none' | undefined;
  /** Words that a document must have left, where something was removed. Default 50; 0: any. */
  readonly minimumWords?: number | undefined;
}

/** Throws `core/option-invalid`. */
export function checkSubstringDeduplication({ keep = 'first', ...numbers }: SubstringDeduplication): void {
  checkChoice('keep', keep, ['first', 'none']);
  checkNumbers(numbers, {
    minimumBytes: { minimum: 8, maximum: 65_536, integer: true },
    minimumWords: { minimum: 0, integer: true },
  });
}

/** Stretches of one text: where they begin, ascending, and their keys by that place. */
export interface Stretches {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly places: Iterable<number>;
}

/** What finds equal stretches of texts, one after the other: each call takes the keys of the one before. */
export class SubstringKeys {
  readonly minimumBytes: number;
  readonly #seeds: WindowFingerprints;
  readonly #windows: WindowFingerprints;

  constructor({ minimumBytes = 100 }: SubstringDeduplication = {}) {
    this.minimumBytes = minimumBytes;
    this.#seeds = new WindowFingerprints(Math.ceil(minimumBytes / 2));
    this.#windows = new WindowFingerprints(minimumBytes);
  }

  /** The seeds of a text: every window holds one, and equal windows hold the same. */
  seeds(text: Uint8Array): Stretches {
    const count = text.length < this.minimumBytes ? 0 : this.#seeds.load(text);
    const { high, low } = this.#seeds;
    return { high, low, places: chosenSeeds(high, count, this.minimumBytes - this.#seeds.bytes + 1) };
  }

  /** The windows that hold a seed of those at `seeds` (ascending). */
  windows(text: Uint8Array, seeds: ArrayLike<number>): Stretches {
    const count = seeds.length === 0 ? 0 : this.#windows.load(text);
    const { high, low } = this.#windows;
    return { high, low, places: windowsAround(seeds, this.minimumBytes - this.#seeds.bytes, count) };
  }
}

/** Windows that begin at most `before` bytes before a seed. */
function* windowsAround(seeds: ArrayLike<number>, before: number, count: number): Generator<number> {
  let next = 0;
  for (let at = 0; at < seeds.length; at++) {
    const end = Math.min(seeds[at]!, count - 1);
    for (let window = Math.max(next, seeds[at]! - before); window <= end; window++) yield window;
    next = Math.max(next, end + 1);
  }
}

/** Without the windows that begin at `places` (ascending); whole characters, bytes in UTF-8. */
export function removeWindows(
  text: Uint8Array,
  places: ArrayLike<number>,
  { minimumBytes = 100, minimumWords = 50 }: SubstringDeduplication = {},
  language = 'en',
): { readonly text: string; readonly removed: number; readonly reason?: string | undefined } {
  const kept: Uint8Array[] = [];
  let [from, removed] = [0, 0];
  for (let at = 0; at < places.length; ) {
    let start = places[at]!;
    let end = start + minimumBytes;
    for (at++; at < places.length && places[at]! <= end; at++) end = places[at]! + minimumBytes;
    while (start < end && isInside(text, start)) start++;
    while (end > start && isInside(text, end)) end--;
    kept.push(text.subarray(from, start));
    from = end;
    removed += end - start;
  }
  kept.push(text.subarray(from));
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const rest = kept.map((part) => decoder.decode(part)).join('');
  const reason =
    removed === 0
      ? undefined
      : rest.trim() === ''
        ? 'nothing-left'
        : minimumWords > 0 && wordsIn(rest, language).length < minimumWords
          ? 'few-words-left'
          : undefined;
  return { text: rest, removed, reason };
}

/** In the middle of a character. */
function isInside(text: Uint8Array, at: number): boolean {
  return at < text.length && (text[at]! & 0xc0) === 0x80;
}
