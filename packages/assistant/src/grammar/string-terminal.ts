/**
 * A JSON string, its quotes included, of any text or of so many characters (code points) at least and at most.
 * Escapes and UTF-8 are well formed; a surrogate is escaped only in a pair.
 */
import type { Terminal } from './terminal.js';

/** Places in a string; the others lead back to `content`, with a character more. */
const opening = 0;
const content = 1;
const closed = 2;
const places = 32;

const table = buildTable();

export class StringTerminal implements Terminal {
  readonly key: string;
  readonly start: number;
  /** Characters that must still come, and may: counts are parts of a state, [needed, room, place]. */
  readonly #rooms: number;
  readonly #isBounded: boolean;

  /** `maximum` may be Infinity. */
  constructor(minimum = 0, maximum = Number.POSITIVE_INFINITY) {
    this.key = `string ${minimum} ${maximum}`;
    this.#isBounded = maximum < Number.POSITIVE_INFINITY;
    this.#rooms = this.#isBounded ? maximum + 1 : 1;
    this.start = this.#state(minimum, this.#isBounded ? maximum : 0, opening);
  }

  step(state: number, byte: number): number {
    const place = state % places;
    const next = table[place * 256 + byte]!;
    if (next < 0) return -1;
    if (place !== content) return state - place + next;
    const [needed, room] = this.#counts(state);
    if (next === closed) return needed > 0 ? -1 : this.#state(0, 0, closed);
    if (!this.#isBounded) return this.#state(Math.max(0, needed - 1), 0, next);
    return room === 0 ? -1 : this.#state(Math.max(0, needed - 1), room - 1, next);
  }

  isAccepting(state: number): boolean {
    return state % places === closed;
  }

  alike(state: number, longest: number): number {
    const [needed, room] = this.#counts(state);
    return this.#state(Math.min(needed, longest + 1), Math.min(room, longest + 1), state % places);
  }

  #counts(state: number): [needed: number, room: number] {
    const counts = Math.floor(state / places);
    return [Math.floor(counts / this.#rooms), counts % this.#rooms];
  }

  #state(needed: number, room: number, place: number): number {
    return (needed * this.#rooms + room) * places + place;
  }
}

/** [places × 256] */
function buildTable(): Int8Array {
  const built = new Int8Array(places * 256).fill(-1);
  const on = (place: number, from: number, to: number, next: number): void => {
    built.fill(next, place * 256 + from, place * 256 + to + 1);
  };
  const onText = (place: number, text: string, next: number): void => {
    for (const character of text) on(place, character.charCodeAt(0), character.charCodeAt(0), next);
  };
  const hex = '0123456789abcdefABCDEF';
  onText(opening, '"', content);
  on(content, 0x20, 0x7f, content);
  onText(content, '"', closed);
  onText(content, '\\', 3);
  onText(3, '"\\/bfnrt', content);
  // UTF-8: 4 waits for the last byte, 6 for two.
  on(4, 0x80, 0xbf, content);
  on(6, 0x80, 0xbf, 4);
  on(content, 0xc2, 0xdf, 4);
  on(content, 0xe1, 0xef, 6);
  for (const [lead, place, from, to, next] of [
    [0xe0, 5, 0xa0, 0xbf, 4],
    [0xed, 7, 0x80, 0x9f, 4],
    [0xf0, 8, 0x90, 0xbf, 6],
    [0xf4, 9, 0x80, 0x8f, 6],
  ] as const) {
    on(content, lead, lead, place);
    on(place, from, to, next);
  }
  on(content, 0xf1, 0xf3, 10);
  on(10, 0x80, 0xbf, 6);
  // \u and four digits; after d8 to db a second one from dc to df.
  onText(3, 'u', 11);
  onText(11, hex, 12);
  onText(12, hex, 13);
  onText(13, hex, 14);
  onText(14, hex, content);
  onText(11, 'dD', 15);
  onText(15, '01234567', 13);
  onText(15, '89abAB', 16);
  onText(16, hex, 17);
  onText(17, hex, 18);
  onText(18, '\\', 19);
  onText(19, 'u', 20);
  onText(20, 'dD', 21);
  onText(21, 'cdefCDEF', 13);
  return built;
}
