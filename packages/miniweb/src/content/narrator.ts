/** Draws facts and says them: never the same fact twice on a page. */
import type { Random } from '@llm/core';
import { sentence } from '../patterns/phrase.js';
import texts from '../texts/content/asides.json' with { type: 'json' };
import type { Fact, FactBook } from '../world/facts.js';
import { teller } from './world-slots.js';

export class Narrator {
  readonly #said = new Set<string>();
  readonly #asides = new Set<string>();

  constructor(
    readonly book: FactBook,
    readonly random: Random,
  ) {}

  /** Up to `count` statements about `subject`, in random order; fewer when most were said already. */
  about(subject: string, count: number): string[] {
    const open = (this.book.bySubject.get(subject) ?? []).filter((fact) => !this.#said.has(fact.id));
    return this.random
      .shuffle([...open])
      .slice(0, count)
      .map((fact) => this.state(fact));
  }

  /** One statement of a fact in one of its wordings. */
  state(fact: Fact): string {
    this.#said.add(fact.id);
    return sentence(this.random.pick(fact.wordings.statements), fact.slots, this.random);
  }

  /** Marks a fact as used and says whether it was free. */
  take(fact: Fact): boolean {
    if (this.#said.has(fact.id)) return false;
    this.#said.add(fact.id);
    return true;
  }

  /** A sentence that adds colour and no fact: what a traveller said, what the writer likes. */
  aside(): string {
    for (;;) {
      const pattern = this.random.pick(texts.asides);
      if (this.#asides.has(pattern) && this.#asides.size < texts.asides.length) continue;
      this.#asides.add(pattern);
      return teller(this.book.world, this.random)(pattern);
    }
  }

  /** Subjects that a fact of `subject` names, or that name it; for sections about related things. */
  related(subject: string): string[] {
    const names = new Set<string>();
    for (const fact of this.book.bySubject.get(subject) ?? [])
      if (this.book.bySubject.has(fact.object)) names.add(fact.object);
    for (const fact of this.book.byObject.get(subject) ?? []) names.add(fact.subject);
    names.delete(subject);
    return this.random.shuffle([...names]);
  }
}
