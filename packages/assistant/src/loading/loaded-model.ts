/** What every kind of source comes to. */
import type { ModelConfig, WeightTensor } from '@llm/model';
import type { SpecialTokenIds } from '@llm/model/hugging-face';
import type { BpeTokenizer, TokenizerConfig } from '@llm/tokenizer';
import type { SamplingChoice } from '../assistant.js';

export interface LoadedModel {
  readonly name: string;
  readonly config: ModelConfig;
  readonly parameters: ReadonlyMap<string, WeightTensor>;
  readonly tokenizer: BpeTokenizer;
  readonly tokenizerConfig: TokenizerConfig;
  /** As they lay in the folder; undefined where the tokenizer is inside the file of the weights. */
  readonly tokenizerFiles: Readonly<Record<string, Uint8Array>> | undefined;
  /** As the files name them. */
  readonly specialTokens: SpecialTokenIds;
  /** Begins every text that is completed. */
  readonly beginToken: number | undefined;
  /** End an answer, beside the template's. */
  readonly stopTokens: readonly number[];
  readonly defaults: SamplingChoice;
}
