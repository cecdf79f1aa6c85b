/** How one `general.architecture` of llama.cpp is a configuration of ours, and its tensors ours. */
import type { ModelConfig } from '../../config/model-config.js';
import type { GgufWriter } from '../gguf-writer.js';
import type { MetadataReader } from '../reading/metadata-reader.js';

export interface GgufArchitecture {
  /** `general.architecture`; its keys begin with it. */
  readonly name: string;
  /** Each `model_type` of Hugging Face that is written as it; what is read is the first, if it can be. */
  readonly families: readonly string[];
  /** What of a configuration of that family llama.cpp does not compute, or undefined. */
  refuses(config: ModelConfig): string | undefined;
  read(keys: MetadataReader, vocabularySize: number): ModelConfig;
  write(file: GgufWriter, config: ModelConfig): void;
  /** Also those that the model does not have. */
  tensors(config: ModelConfig): Iterable<TensorPlace>;
}

export interface TensorPlace {
  readonly theirs: string;
  /** Several where their rows are joined, one below the other. */
  readonly ours: readonly string[];
  /** Rows of each head in turn from its first and its second half: llama.cpp rotates neighbours there. */
  readonly isInterleaved: boolean;
  /** What is added to each number of the file: llama.cpp's gains of norms are without Gemma's one. */
  readonly offset: 0 | 1;
}
