/** Answers that take a while to work out, until the file that they come from is another. */
import { statSync } from 'node:fs';

const most = 50;

export class RememberedAnswers {
  readonly #answers = new Map<string, { readonly changed: number; readonly answer: Promise<unknown> }>();

  /** Several that ask at once wait for one. What fails is not remembered. */
  of<Answer>(key: string, file: string, work: () => Promise<Answer>): Promise<Answer> {
    const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const known = this.#answers.get(key);
    if (known?.changed === changed) return known.answer as Promise<Answer>;
    const answer = work();
    this.#answers.delete(key);
    this.#answers.set(key, { changed, answer });
    answer.catch(() => this.#answers.delete(key));
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= most) break;
      this.#answers.delete(oldest);
    }
    return answer;
  }
}
