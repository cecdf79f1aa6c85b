/** A GGUF file → the model in it, with the tokenizer, chat template and sampling that it carries. */
import { LlmError } from '@llm/core';
import { type ByteSource, type ImportedGguf, importGguf } from '@llm/model/gguf';
import { fromGgufTokenizer } from '@llm/tokenizer';
import type { SamplingChoice } from '../assistant.js';
import type { LoadedModel } from './loaded-model.js';

/** Throws `assistant/tokenizer-missing`, and what reading the file throws. */
export async function openGgufModel(
  source: ByteSource,
  name: string,
  { quantized }: { readonly quantized: boolean },
): Promise<LoadedModel> {
  const imported = await importGguf(source, { quantized });
  const { config, parameters, tokenizer, chatTemplate } = imported;
  if (tokenizer === undefined)
    throw new LlmError({
      code: 'assistant/tokenizer-missing',
      message: `${name} holds weights without a tokenizer: texts cannot be given to it. Convert the model again, with its tokenizer.`,
      details: { name },
    });
  const { bos, eos, eot } = imported.specialTokens;
  const stopTokens = [eos, eot].filter((id) => id !== undefined);
  const textOf = (id: number | undefined): string => (id === undefined ? '' : (tokenizer.tokens[id] ?? ''));
  return {
    name,
    config,
    parameters,
    tokenizer: fromGgufTokenizer(tokenizer),
    tokenizerConfig: {
      chatTemplate,
      tokens: { bos_token: textOf(bos), eos_token: textOf(eos) },
    },
    tokenizerFiles: undefined,
    specialTokens: { bos, eos: stopTokens.length > 1 ? stopTokens : stopTokens[0] },
    // What llama.cpp takes where nothing is said: SentencePiece begins a text, byte-level BPE does not.
    beginToken: (tokenizer.addBos ?? tokenizer.model === 'llama') ? bos : undefined,
    stopTokens,
    defaults: samplingOf(imported),
  };
}

/** `general.sampling.*`, which newer files have. */
function samplingOf({ metadata }: Pick<ImportedGguf, 'metadata'>): SamplingChoice {
  const read = (key: string, isValid: (value: number) => boolean): number | undefined => {
    const value = metadata.get(`general.sampling.${key}`);
    return typeof value === 'number' && isValid(value) ? value : undefined;
  };
  const isShare = (value: number): boolean => value >= 0 && value <= 1;
  return {
    temperature: read('temp', (value) => value >= 0),
    topK: read('top_k', (value) => Number.isInteger(value) && value >= 0),
    topP: read('top_p', isShare),
    minP: read('min_p', isShare),
    repetitionPenalty: read('penalty_repeat', (value) => value > 0),
  };
}
