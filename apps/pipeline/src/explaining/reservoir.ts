import { createRandom, type Random } from '@llm/core';

/** A fair sample of a stream of unknown length, the same for the same seed (Vitter's algorithm R). */
export class Reservoir<Item> {
  readonly items: Item[] = [];
  seen = 0;
  readonly #random: Random;

  constructor(
    readonly size: number,
    seed: number,
    name: string,
  ) {
    this.#random = createRandom(seed, 'reservoir', name);
  }

  add(item: Item): void {
    this.seen++;
    if (this.items.length < this.size) this.items.push(item);
    else {
      const at = this.#random.integer(this.seen);
      if (at < this.size) this.items[at] = item;
    }
  }
}

/** One for each name, made when its first item comes. */
export class Reservoirs<Item> {
  readonly #byName = new Map<string, Reservoir<Item>>();

  constructor(
    readonly size: number,
    readonly seed: number,
  ) {}

  add(name: string, item: Item): void {
    let one = this.#byName.get(name);
    if (one === undefined) {
      one = new Reservoir(this.size, this.seed, name);
      this.#byName.set(name, one);
    }
    one.add(item);
  }

  /** Sorted by name. */
  all(): [name: string, reservoir: Reservoir<Item>][] {
    return [...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
