/**
 * Things that happened over a long time, a bounded number of them: all of them while they are few, then every
 * second, fourth, eighth, … one, and always the newest.
 */
export interface ThinnedListJson<Item> {
  readonly items: readonly Item[];
  /** All that were pushed. */
  readonly seen: number;
  /** One of so many is kept. */
  readonly every: number;
}

export class ThinnedList<Item> {
  readonly #limit: number;
  #kept: Item[] = [];
  #seen = 0;
  #every = 1;
  /** Whether the last item is only there because it is the newest. */
  #newestIsExtra = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get items(): readonly Item[] {
    return this.#kept;
  }

  get seen(): number {
    return this.#seen;
  }

  push(item: Item): void {
    if (this.#newestIsExtra) this.#kept.pop();
    this.#newestIsExtra = this.#seen % this.#every !== 0;
    this.#seen++;
    this.#kept.push(item);
    if (this.#kept.length <= this.#limit) return;
    const newest = this.#newestIsExtra ? this.#kept.pop()! : undefined;
    this.#kept = this.#kept.filter((_, at) => at % 2 === 0);
    this.#every *= 2;
    if (newest !== undefined) this.#kept.push(newest);
    else if (this.#kept.at(-1) !== item) {
      this.#kept.push(item);
      this.#newestIsExtra = true;
    }
  }

  /** Forgets those; the rest counts as if they had never been. */
  remove(isGone: (item: Item) => boolean): void {
    const left = this.#kept.filter((item) => !isGone(item));
    this.#seen -= (this.#kept.length - left.length) * this.#every;
    this.#seen = Math.max(left.length, this.#seen);
    this.#kept = left;
    if (left.length === 0) [this.#seen, this.#every] = [0, 1];
    this.#newestIsExtra = false;
  }

  toJSON(): ThinnedListJson<Item> {
    return { items: this.#kept, seen: this.#seen, every: this.#every };
  }

  static fromJSON<Item>({ items, seen, every }: ThinnedListJson<Item>, limit: number): ThinnedList<Item> {
    const list = new ThinnedList<Item>(limit);
    list.#kept = [...items];
    list.#seen = seen;
    list.#every = every;
    list.#newestIsExtra = seen > 0 && (seen - 1) % every !== 0;
    return list;
  }
}
