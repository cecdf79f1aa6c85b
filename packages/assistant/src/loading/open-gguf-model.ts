/** A GGUF file → the model in it, with the tokenizer, chat template and sampling that it carries. */
import { LlmError, type NamedTensor } from '@llm/core';
import {
  type ByteSource,
  dequantize,
  type GgufFile,
  ggufConfig,
  openGguf,
  readGgufBlocks,
  readGgufSpecialTokens,
  readGgufTokenizer,
} from '@llm/model/gguf';
import { fromGgufTokenizer } from '@llm/tokenizer';
import type { SamplingChoice } from '../assistant.js';
import type { LoadedModel } from './loaded-model.js';

/** Throws `assistant/tokenizer-missing`, and what reading the file throws. */
export async function openGgufModel(source: ByteSource, name: string): Promise<LoadedModel> {
  const file = await openGguf(source);
  const config = await ggufConfig(file);
  const tokenizer = readGgufTokenizer(file);
  if (tokenizer === undefined)
    throw new LlmError({
      code: 'assistant/tokenizer-missing',
      message: `${name} holds weights without a tokenizer: texts cannot be given to it. Convert the model again, with its tokenizer.`,
      details: { name },
    });
  const { bos, eos, eot } = readGgufSpecialTokens(file, config.vocabularySize);
  const parameters = new Map<string, NamedTensor>();
  for await (const [tensor, blocks] of readGgufBlocks(file, config))
    parameters.set(tensor, dequantize(blocks));
  const textOf = (id: number | undefined): string => (id === undefined ? '' : (tokenizer.tokens[id] ?? ''));
  const template = file.metadata.get('tokenizer.chat_template');
  return {
    name,
    config,
    parameters,
    tokenizer: fromGgufTokenizer(tokenizer),
    tokenizerConfig: {
      chatTemplate: typeof template === 'string' ? template : undefined,
      tokens: { bos_token: textOf(bos), eos_token: textOf(eos) },
    },
    // What llama.cpp takes where nothing is said: SentencePiece begins a text, byte-level BPE does not.
    beginToken: (tokenizer.addBos ?? tokenizer.model === 'llama') ? bos : undefined,
    stopTokens: [eos, eot].filter((id) => id !== undefined),
    defaults: samplingOf(file),
  };
}

/** `general.sampling.*`, which newer files have. */
function samplingOf({ metadata }: GgufFile): SamplingChoice {
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
