/** A GGUF file → configuration, float32 parameters, tokenizer and chat template. */
import type { NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { checkDequantizable, dequantize } from './blocks/dequantize.js';
import { ggufConfig } from './gguf-config.js';
import type { GgufTokenizer } from './gguf-tokenizer.js';
import { readGgufBlocks } from './read-parameters.js';
import { type GgufSpecialTokens, readGgufSpecialTokens, readGgufTokenizer } from './read-tokenizer.js';
import type { ByteSource } from './reading/byte-source.js';
import { MetadataReader } from './reading/metadata-reader.js';
import { openGguf } from './reading/open-gguf.js';

export interface ImportedGguf {
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  /** Undefined where the file has none. */
  readonly tokenizer: GgufTokenizer | undefined;
  /** Jinja text. */
  readonly chatTemplate: string | undefined;
  readonly specialTokens: GgufSpecialTokens;
  /** `general.name` */
  readonly name: string | undefined;
}

/**
 * Reads one tensor at a time. Throws `model/gguf-invalid` (the file contradicts itself), `…/gguf-unsupported`
 * (version, architecture, a setting), `…/gguf-type-unsupported` or `…/parameters-mismatch`.
 */
export async function importGguf(source: ByteSource): Promise<ImportedGguf> {
  const file = await openGguf(source);
  const config = await ggufConfig(file);
  for (const { name, type } of file.tensors.values()) checkDequantizable(type, name, file.name);
  const tokenizer = readGgufTokenizer(file);
  const specialTokens = readGgufSpecialTokens(file, config.vocabularySize);
  const parameters = new Map<string, NamedTensor>();
  for await (const [name, blocks] of readGgufBlocks(file, config)) parameters.set(name, dequantize(blocks));
  return {
    config,
    parameters,
    tokenizer,
    specialTokens,
    chatTemplate: new MetadataReader(file, 'tokenizer.').text('chat_template'),
    name: new MetadataReader(file, 'general.').text('name'),
  };
}
