/**
 * A model that says given ids, a list for each generation, obeying stop tokens and limits; and an assistant
 * of it with the app's own chat format.
 */
import { type Assistant, createAssistant } from '@llm/assistant';
import type { Completion, GenerateOptions } from '@llm/core';
import type { Transformer } from '@llm/model';
import { type BpeTokenizer, chatSpecialTokens, chatTemplate, trainTokenizer } from '@llm/tokenizer';

export class ScriptedModel {
  readonly prompts: Int32Array[] = [];
  readonly options: GenerateOptions[] = [];
  #next = 0;

  constructor(
    readonly vocabularySize: number,
    readonly contextLength: number,
    readonly answers: readonly (readonly number[])[],
  ) {}

  async generate([prompt]: readonly Int32Array[], options: GenerateOptions): Promise<Completion[]> {
    this.options.push(options);
    this.prompts.push(prompt!);
    const ids: number[] = [];
    for (const id of this.answers[this.#next++ % this.answers.length] ?? []) {
      options.signal?.throwIfAborted();
      if (ids.length >= options.maxNewTokens) break;
      ids.push(id);
      options.onToken?.(0, id, { logProbability: 0, top: [] });
      // As a model does: others may run between two tokens.
      await new Promise((resolve) => setImmediate(resolve));
      if (options.stopTokens?.includes(id)) break;
    }
    return [
      {
        ids: Int32Array.from(ids),
        logProbabilities: new Float32Array(ids.length),
        forced: new Uint8Array(ids.length),
        stopReason: 'stop',
      },
    ];
  }

  async dispose(): Promise<void> {}
}

/** Bytes and the control tokens of a chat. */
export const byteTokenizer: Promise<BpeTokenizer> = trainTokenizer([], {
  vocabularySize: 256 + chatSpecialTokens.length,
  specialTokens: chatSpecialTokens,
});

export async function scriptedAssistant(
  answers: readonly (readonly number[])[],
  { contextLength = 400, padding = 0 }: { readonly contextLength?: number; readonly padding?: number } = {},
): Promise<{ assistant: Assistant; model: ScriptedModel }> {
  const tokenizer = await byteTokenizer;
  const model = new ScriptedModel(tokenizer.vocabularySize + padding, contextLength, answers);
  const assistant = await createAssistant({
    name: 'scripted',
    model: model as unknown as Transformer,
    tokenizer,
    tokenizerConfig: { chatTemplate, tokens: {} },
    stopTokens: [],
  });
  return { assistant, model };
}
