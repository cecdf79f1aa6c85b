/** A GGUF file → the model in it, with the tokenizer and chat template that it carries. */
import { LlmError } from '@llm/core';
import { type ByteSource, importGguf } from '@llm/model/gguf';
import { fromGgufTokenizer } from '@llm/tokenizer';
import type { LoadedModel } from './loaded-model.js';

/** Throws `assistant/tokenizer-missing`, and what reading the file throws. */
export async function openGgufModel(source: ByteSource, name: string): Promise<LoadedModel> {
  const { config, parameters, tokenizer, chatTemplate, specialTokens } = await importGguf(source);
  if (tokenizer === undefined)
    throw new LlmError({
      code: 'assistant/tokenizer-missing',
      message: `${name} holds weights without a tokenizer: texts cannot be given to it. Convert the model again, with its tokenizer.`,
      details: { name },
    });
  const { bos, eos, eot } = specialTokens;
  const textOf = (id: number | undefined): string => (id === undefined ? '' : (tokenizer.tokens[id] ?? ''));
  return {
    name,
    config,
    parameters,
    tokenizer: fromGgufTokenizer(tokenizer),
    tokenizerConfig: { chatTemplate, tokens: { bos_token: textOf(bos), eos_token: textOf(eos) } },
    beginToken: tokenizer.addBos ? bos : undefined,
    stopTokens: [eos, eot].filter((id) => id !== undefined),
    defaults: {},
  };
}
