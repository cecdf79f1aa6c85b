/** Lets text through up to the first stop string, and holds back an end that may be the beginning of one. */
export class StopStringGate {
  found = false;
  #held = '';

  constructor(readonly stopStrings: readonly string[]) {}

  /** What may be shown now. */
  push(text: string): string {
    if (this.found) return '';
    const all = this.#held + text;
    let first = all.length;
    for (const stop of this.stopStrings) {
      const at = stop === '' ? -1 : all.indexOf(stop);
      if (at < 0 || at >= first) continue;
      first = at;
      this.found = true;
    }
    if (this.found) {
      this.#held = '';
      return all.slice(0, first);
    }
    const keep = this.#longestBeginning(all);
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  /** What was held back when no more text comes. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #longestBeginning(text: string): number {
    let keep = 0;
    for (const stop of this.stopStrings)
      for (let length = Math.min(stop.length - 1, text.length); length > keep; length--)
        if (text.endsWith(stop.slice(0, length))) keep = length;
    return keep;
  }
}
