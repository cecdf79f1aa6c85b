/**
 * The choices of one request, generated side by side and read one part after the other. Generation never
 * waits for the reader: what is not read yet is kept, neighbouring pieces of text as one, so that a slow
 * reader holds the text of its answers (bounded by their greatest length) and no place in the batch.
 */
import type { AnswerPart } from '../../assistant.js';

export interface ChoicePart {
  readonly choice: number;
  readonly part: AnswerPart;
}

export class AnswerFeed implements AsyncIterable<ChoicePart> {
  /** Settles, never fails, when nothing is generated any more. */
  readonly finished: Promise<void>;
  #ready: ChoicePart[] = [];
  #failure: { readonly error: unknown } | undefined;
  #isFinished = false;
  #wake: (() => void) | undefined;

  /** `stop` is called when a choice fails: the others are of no use then. */
  constructor(
    choices: readonly AsyncIterable<AnswerPart>[],
    private readonly stop: (error: unknown) => void,
  ) {
    this.finished = Promise.all(choices.map((parts, choice) => this.#collect(parts, choice))).then(() => {
      this.#isFinished = true;
      this.#wake?.();
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ChoicePart, void, undefined> {
    for (;;) {
      const ready = this.#ready;
      this.#ready = [];
      for (const part of ready) {
        if (this.#failure !== undefined) break;
        yield part;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#ready.length > 0) continue;
      if (this.#isFinished) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #collect(parts: AsyncIterable<AnswerPart>, choice: number): Promise<void> {
    try {
      for await (const part of parts) {
        if (this.#failure !== undefined) return;
        this.#push({ choice, part });
      }
    } catch (error) {
      if (this.#failure === undefined) {
        this.#failure = { error };
        this.stop(error);
      }
    }
    this.#wake?.();
  }

  #push(next: ChoicePart): void {
    const last = this.#ready.at(-1);
    const { part } = next;
    if (
      last?.choice === next.choice &&
      (part.type === 'text' || part.type === 'thinking') &&
      last.part.type === part.type
    )
      this.#ready[this.#ready.length - 1] = {
        choice: next.choice,
        part: { type: part.type, text: last.part.text + part.text },
      };
    else this.#ready.push(next);
    this.#wake?.();
  }
}
