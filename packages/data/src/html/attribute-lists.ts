/**
 * The attributes of a page's elements as numbers: of each the name and where its value stands in the page. A
 * value becomes a string when it is asked for, which most are not.
 */
import { decodeHTMLAttribute } from 'entities/decode';
import { WordTable } from './word-table.js';

/** Those that most tags have, or that are asked for. */
const known = new WordTable(
  (
    'accesskey action align alt aria-controls aria-describedby aria-expanded aria-haspopup aria-hidden ' +
    'aria-label aria-labelledby aria-level aria-modal async autocomplete border cellpadding cellspacing ' +
    'charset checked class clip-rule colspan content cx cy d data-action data-id data-index data-name ' +
    'data-src data-srcset data-target data-test data-testid data-title data-toggle data-type data-url ' +
    'data-value datetime decoding defer dir disabled encoding fetchpriority fill fill-rule focusable for ' +
    'frameborder height hidden href hreflang http-equiv id itemid itemprop itemscope itemtype lang ' +
    'loading max maxlength media method min name nonce onclick onload placeholder points property r ' +
    'readonly rel role rowspan scope sizes src srcset start stroke stroke-linecap stroke-linejoin ' +
    'stroke-width style summary tabindex target title transform type valign value viewbox width x ' +
    'xlink:href xml:lang xmlns y'
  ).split(' '),
);
const knownNumbers = new Map(known.words.map((word, number) => [word, number]));

/** The number of a known name. */
export function attributeNumber(name: string): number {
  const found = knownNumbers.get(name);
  if (found === undefined) throw new RangeError(`unknown attribute name ${name}`);
  return found;
}

/** The list of an element without attributes. */
export const noAttributes = 0;

/** More attributes than this are compared by a set. */
const fewAttributes = 12;
const entry = 3;

/** A list is a number: where it stands in the table. */
export class AttributeLists {
  /** Of each list how many attributes it has, then name, start and end of each. */
  #table = new Int32Array(4096);
  /** The first is the empty list. */
  #length = 1;
  /** Where the list begins that is being written, and the names in it, once they are many. */
  #open = 1;
  #seen: Set<number> | undefined;
  readonly #ownNumbers = new Map<string, number>();
  readonly #ownNames: string[] = [];
  /** Values that do not stand in the page: their start is -1 minus the place here. */
  readonly #values: string[] = [];
  #page = '';
  #hasNul = false;

  /** The text that values stand in. */
  readFrom(page: string, hasNul: boolean): void {
    this.#page = page;
    this.#hasNul = hasNul;
  }

  /** The number of a name that stands in the page, or -1; `hash` as of a `WordTable`. */
  find(start: number, end: number, hash: number): number {
    return known.find(this.#page, start, end, hash);
  }

  /** The number of a name, lower case. */
  number(name: string): number {
    const found = knownNumbers.get(name) ?? this.#ownNumbers.get(name);
    if (found !== undefined) return found;
    const added = known.words.length + this.#ownNames.push(name) - 1;
    this.#ownNumbers.set(name, added);
    return added;
  }

  begin(): void {
    this.#open = this.#length;
    this.#length = this.#open + 1;
    this.#seen = undefined;
  }

  /** Adds to the list that is being written; of attributes of one name the first counts. */
  add(name: number, start: number, end: number): void {
    const count = (this.#length - this.#open - 1) / entry;
    if (count > fewAttributes) {
      this.#seen ??= new Set(
        Array.from({ length: count }, (_, at) => this.#table[this.#place(this.#open, at)]!),
      );
      if (this.#seen.has(name)) return;
      this.#seen.add(name);
    } else for (let at = this.#open + 1; at < this.#length; at += entry) if (this.#table[at] === name) return;
    if (this.#length + entry > this.#table.length) {
      const longer = new Int32Array(2 * this.#table.length);
      longer.set(this.#table);
      this.#table = longer;
    }
    this.#table[this.#length++] = name;
    this.#table[this.#length++] = start;
    this.#table[this.#length++] = end;
  }

  /** The list that was written. */
  end(): number {
    const count = (this.#length - this.#open - 1) / entry;
    if (count === 0) {
      this.#length = this.#open;
      return noAttributes;
    }
    this.#table[this.#open] = count;
    return this.#open;
  }

  /** A list of names (no two alike) with values. */
  listOf(attributes: Iterable<readonly [name: string, value: string]>): number {
    this.begin();
    for (const [name, value] of attributes) this.add(this.number(name), -this.#values.push(value), 0);
    return this.end();
  }

  count(list: number): number {
    return this.#table[list]!;
  }

  nameNumber(list: number, at: number): number {
    return this.#table[this.#place(list, at)]!;
  }

  name(list: number, at: number): string {
    const number = this.nameNumber(list, at);
    return (known.words[number] ?? this.#ownNames[number - known.words.length])!;
  }

  value(list: number, at: number): string {
    const place = this.#place(list, at);
    const start = this.#table[place + 1]!;
    if (start < 0) return this.#values[-1 - start]!;
    let value = this.#page.slice(start, this.#table[place + 2]!);
    if (this.#hasNul) value = value.replaceAll('\0', '\ufffd');
    return value.includes('&') ? decodeHTMLAttribute(value) : value;
  }

  /** Whether a value begins with a character that is no `&`. */
  beginsWith(list: number, at: number, character: string): boolean {
    const place = this.#place(list, at);
    const start = this.#table[place + 1]!;
    if (start < 0 || this.#page.charCodeAt(start) === 38) return this.value(list, at).startsWith(character);
    return start < this.#table[place + 2]! && this.#page.startsWith(character, start);
  }

  /** The value of the attribute of a (lower-case) name. */
  get(list: number, name: string): string | undefined {
    const count = this.#table[list]!;
    if (count === 0) return undefined;
    const number = knownNumbers.get(name) ?? this.#ownNumbers.get(name);
    for (let at = 0; at < count; at++)
      if (this.#table[this.#place(list, at)] === number) return this.value(list, at);
    return undefined;
  }

  /** Whether two lists have the same names and values, in whatever order. */
  areAlike(one: number, other: number): boolean {
    if (one === other) return true;
    const count = this.count(one);
    if (count !== this.count(other)) return false;
    for (let at = 0; at < count; at++) {
      const number = this.nameNumber(one, at);
      // Most are in the same order.
      let place = at;
      if (this.nameNumber(other, at) !== number) {
        place = 0;
        while (place < count && this.nameNumber(other, place) !== number) place++;
        if (place === count) return false;
      }
      if (this.value(one, at) !== this.value(other, place)) return false;
    }
    return true;
  }

  #place(list: number, at: number): number {
    return list + 1 + entry * at;
  }
}
