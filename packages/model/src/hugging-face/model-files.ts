/** The files beside the weights of a model: tokenizer files, config.json, generation_config.json. */
import type { ArtifactStore, JsonValue } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { fileKey } from '../weights/weight-files.js';
import { configText } from './config.js';
import { checkSpecialTokens, type SpecialTokenIds, specialTokenKeys } from './special-tokens.js';
import { minimalTokenizerConfig } from './tokenizer-config.js';

export interface ModelFilesOptions {
  readonly config: ModelConfig;
  /**
   * File name → content; a generation_config.json among them takes the place of ours. Beside a tokenizer.json
   * without a tokenizer_config.json one is written that says to use it as it is: without one, transformers
   * takes the tokenizer of the model's family and splits text by other rules. With a chat template, make it
   * by `writeTokenizerConfig` of @llm/tokenizer.
   */
  readonly tokenizerFiles?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** For other programs: without `eos` they do not know where an answer ends. */
  readonly specialTokens?: SpecialTokenIds | undefined;
}

export interface WriteFilesOptions {
  /** Keys that come last in config.json. */
  readonly extra?: Readonly<Record<string, JsonValue>> | undefined;
  /** Called with each file that was written. */
  readonly onWrite?: ((name: string, bytes: Uint8Array) => void) | undefined;
}

export async function writeModelFiles(
  store: ArtifactStore,
  prefix: string,
  { config, tokenizerFiles = {}, specialTokens = {} }: ModelFilesOptions,
  { extra, onWrite }: WriteFilesOptions = {},
): Promise<void> {
  checkSpecialTokens(config, specialTokens);
  // Where `generate` of transformers looks for the special tokens.
  const generation = specialTokenKeys(specialTokens);
  const tokenizerJson = tokenizerFiles['tokenizer.json'];
  const contents: Record<string, string | Uint8Array> = {
    ...tokenizerFiles,
    'config.json': configText(config, specialTokens, extra),
    'generation_config.json':
      tokenizerFiles['generation_config.json'] ?? `${JSON.stringify(generation, null, 2)}\n`,
  };
  if (tokenizerJson !== undefined)
    contents['tokenizer_config.json'] ??= minimalTokenizerConfig(tokenizerJson, specialTokens);
  for (const [name, content] of Object.entries(contents)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await store.write(fileKey(prefix, name), bytes);
    onWrite?.(name, bytes);
  }
}
