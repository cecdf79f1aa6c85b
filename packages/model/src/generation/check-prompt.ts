import { LlmError } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';

/** Throws `model/prompt-empty`, `model/prompt-too-long` or `model/token-out-of-range`. */
export function checkPrompt(
  { contextLength, vocabularySize }: ModelConfig,
  prompt: Int32Array,
  row: number,
): void {
  const fail = (code: string, message: string): never => {
    throw new LlmError({ code, message, details: { row, length: prompt.length } });
  };
  if (prompt.length === 0) fail('model/prompt-empty', `Prompt ${row} is empty; begin it with the BOS token.`);
  if (prompt.length > contextLength)
    fail(
      'model/prompt-too-long',
      `Prompt ${row} has ${prompt.length} tokens but the model's window is ${contextLength}. Shorten it.`,
    );
  const position = prompt.findIndex((id) => !(id >= 0 && id < vocabularySize && Number.isInteger(id)));
  if (position >= 0)
    fail(
      'model/token-out-of-range',
      `Prompt ${row} holds the id ${prompt[position]} at position ${position}; ids are 0 to ${vocabularySize - 1}. Use the tokenizer the model was trained with.`,
    );
}
