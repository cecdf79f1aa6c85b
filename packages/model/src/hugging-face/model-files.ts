/** The files beside the weights of a model: tokenizer files, config.json, generation_config.json. */
import type { ArtifactStore, JsonValue } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { fileKey } from '../weights/weight-files.js';
import { configText, type SpecialTokenIds } from './config.js';

export interface ModelFilesOptions {
  readonly config: ModelConfig;
  /** File name → content; a generation_config.json among them takes the place of ours. */
  readonly tokenizerFiles?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** For other programs. */
  readonly specialTokens?: SpecialTokenIds | undefined;
}

/** `extra` keys come last in config.json. Returns file name → bytes. */
export async function writeModelFiles(
  store: ArtifactStore,
  prefix: string,
  { config, tokenizerFiles = {}, specialTokens = {} }: ModelFilesOptions,
  extra: Readonly<Record<string, JsonValue>> = {},
): Promise<Record<string, number>> {
  // Where `generate` of transformers looks for the special tokens.
  const generation = { bos_token_id: specialTokens.bos ?? null, eos_token_id: specialTokens.eos ?? null };
  const contents = {
    ...tokenizerFiles,
    'config.json': configText(config, specialTokens, extra),
    'generation_config.json':
      tokenizerFiles['generation_config.json'] ?? `${JSON.stringify(generation, null, 2)}\n`,
  };
  const sizes: Record<string, number> = {};
  for (const [name, content] of Object.entries(contents)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await store.write(fileKey(prefix, name), bytes);
    sizes[name] = bytes.length;
  }
  return sizes;
}
