/**
 * What goes along with the weights: tokenizer, chat template, special tokens, sampling. In a folder they are
 * files, those that the model came with where it came in one; in a GGUF file they are keys.
 */
import type { LoadedModel } from '@llm/assistant/node';
import type { GgufOptions } from '@llm/model/export';
import {
  createTemplateRenderer,
  toGgufTokenizer,
  toTokenizerJson,
  writeTokenizerConfig,
} from '@llm/tokenizer';

export async function folderFiles(model: LoadedModel): Promise<Record<string, string | Uint8Array>> {
  const { tokenizer, tokenizerConfig, tokenizerFiles, specialTokens, defaults, beginToken } = model;
  if (tokenizerFiles !== undefined) {
    const config = tokenizerFiles['tokenizer_config.json'];
    return {
      ...tokenizerFiles,
      ...(config && { 'tokenizer_config.json': withBegin(new TextDecoder().decode(config), beginToken) }),
    };
  }
  const { bos, eos } = specialTokens;
  const named = Object.entries(tokenizerConfig.tokens).filter(([, text]) => text !== '');
  const config = writeTokenizerConfig({ ...tokenizerConfig, tokens: Object.fromEntries(named) });
  const sampling = {
    temperature: defaults.temperature,
    top_k: defaults.topK,
    top_p: defaults.topP,
    min_p: defaults.minP,
    repetition_penalty: defaults.repetitionPenalty,
  };
  const isSampled = Object.values(sampling).some((value) => value !== undefined);
  const generation = {
    bos_token_id: bos ?? null,
    eos_token_id: eos ?? null,
    do_sample: isSampled ? true : undefined,
    ...sampling,
  };
  return {
    'tokenizer.json': toTokenizerJson(tokenizer),
    'tokenizer_config.json': withBegin(config, beginToken),
    'generation_config.json': `${JSON.stringify(generation, null, 2)}\n`,
  };
}

/** Says that a text begins with the begin token, where the file says nothing. */
function withBegin(config: string, beginToken: number | undefined): string {
  const json = JSON.parse(config) as Record<string, unknown>;
  if (json.add_bos_token !== undefined || beginToken === undefined) return config;
  return `${JSON.stringify({ ...json, add_bos_token: true }, null, 2)}\n`;
}

/** Throws what `toGgufTokenizer` throws for a tokenizer that llama.cpp has no name for. */
export async function ggufKeys(
  model: LoadedModel,
): Promise<Pick<GgufOptions, 'name' | 'tokenizer' | 'specialTokens' | 'chatTemplate' | 'sampling'>> {
  const { name, tokenizer, tokenizerConfig, specialTokens, stopTokens, beginToken, defaults } = model;
  const { chatTemplate } = tokenizerConfig;
  const named = tokenizer.specialTokens.get(tokenizerConfig.tokens.eos_token ?? '');
  const eos = named !== undefined && stopTokens.includes(named) ? named : stopTokens[0];
  const turn =
    chatTemplate === undefined
      ? stopTokens.find((id) => id !== eos)
      : (await createTemplateRenderer(tokenizer, tokenizerConfig)).stopToken;
  return {
    name,
    tokenizer: { ...toGgufTokenizer(tokenizer), addBos: beginToken !== undefined, addEos: false },
    specialTokens: { bos: beginToken ?? specialTokens.bos, eos, eot: turn === eos ? undefined : turn },
    chatTemplate,
    sampling: defaults,
  };
}
