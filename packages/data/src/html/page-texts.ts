/**
 * The texts of a page as numbers: most stand in the page as they are, and what is known of them is where. A
 * text becomes a string when it is asked for: half a million strings that live as long as the page would
 * fill the young generation to its limit and take as much memory as all the links of the tree.
 */

export class PageTexts {
  /** Of each text in the page where it starts and where it ends. */
  #places = new Int32Array(1024);
  #length = 0;
  /** Texts that are not in the page as they are; their numbers are -1 minus the place here. */
  readonly #own: string[] = [];
  #page = '';

  /** The page that texts stand in. */
  readFrom(page: string): void {
    this.#page = page;
  }

  /** The number of a text that stands in the page. */
  inPage(start: number, end: number): number {
    if (this.#length === this.#places.length) {
      const longer = new Int32Array(2 * this.#places.length);
      longer.set(this.#places);
      this.#places = longer;
    }
    this.#places[this.#length++] = start;
    this.#places[this.#length++] = end;
    return (this.#length >> 1) - 1;
  }

  /** The number of any other text. */
  add(text: string): number {
    return -this.#own.push(text);
  }

  get(number: number): string {
    return number < 0
      ? this.#own[-1 - number]!
      : this.#page.slice(this.#places[2 * number], this.#places[2 * number + 1]);
  }

  /** In UTF-16 units. */
  length(number: number): number {
    return number < 0
      ? this.#own[-1 - number]!.length
      : this.#places[2 * number + 1]! - this.#places[2 * number]!;
  }

  /** The number of a text with more behind it, from now on instead of the text's own. */
  longer(number: number, more: string): number {
    if (number >= 0) return this.add(this.get(number) + more);
    this.#own[-1 - number] += more;
    return number;
  }
}
