/** How often each name came. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string, times = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  addAll(counts: Readonly<Record<string, number>>): this {
    for (const [name, times] of Object.entries(counts)) this.add(name, times);
    return this;
  }

  total(): number {
    return [...this.#counts.values()].reduce((sum, times) => sum + times, 0);
  }

  /** Names sorted by code unit. */
  sorted(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
