/**
 * A `LanguageModel` that answers with given ids, obeying stop tokens, forced tokens and limits: for chat
 * tests.
 */
import type { Completion, GenerateOptions, LanguageModel } from '@llm/core';

export class ScriptedModel implements LanguageModel {
  readonly specificationVersion = 'v1';
  readonly prompts: Int32Array[] = [];
  readonly options: GenerateOptions[] = [];
  #next = 0;

  constructor(
    readonly vocabularySize: number,
    readonly contextLength: number,
    readonly answers: readonly (readonly number[])[],
  ) {}

  async logProbabilities(): Promise<Float32Array> {
    throw new Error('A scripted model scores nothing.');
  }

  async generate(prompts: readonly Int32Array[], options: GenerateOptions): Promise<Completion[]> {
    this.options.push(options);
    return prompts.map((prompt, row) => {
      this.prompts.push(prompt);
      const script = this.answers[this.#next++ % this.answers.length] ?? [];
      const ids: number[] = [];
      const forced: number[] = [];
      const append = (id: number, isForced: number): void => {
        ids.push(id);
        forced.push(isForced);
        options.onToken?.(row, id, { logProbability: 0, top: [] });
      };
      for (const id of script) {
        options.signal?.throwIfAborted();
        if (ids.length >= options.maxNewTokens) break;
        append(id, 0);
        if (options.stopTokens?.includes(id)) break;
        for (const extra of Array.from(options.forceTokens?.(row, ids) ?? [])) append(extra, 1);
      }
      return {
        ids: Int32Array.from(ids),
        logProbabilities: new Float32Array(ids.length),
        forced: Uint8Array.from(forced),
        stopReason: 'stop',
      };
    });
  }
}
