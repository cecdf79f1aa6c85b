/** What every kind of source comes to. */
import type { NamedTensor } from '@llm/core';
import type { ModelConfig } from '@llm/model';
import type { BpeTokenizer, TokenizerConfig } from '@llm/tokenizer';
import type { SamplingChoice } from '../assistant.js';

export interface LoadedModel {
  readonly name: string;
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  readonly tokenizer: BpeTokenizer;
  readonly tokenizerConfig: TokenizerConfig;
  /** Begins every text that is completed. */
  readonly beginToken: number | undefined;
  /** End an answer, beside the template's. */
  readonly stopTokens: readonly number[];
  readonly defaults: SamplingChoice;
}
