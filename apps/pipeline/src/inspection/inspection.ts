/** What is known of a model, or of a part of one, from the headers of its files. */
import type { ModelConfig } from '@llm/model';

export interface Inspection {
  /** `GGUF 3`, `Hugging Face folder`, `LoRA adapter`, … */
  readonly format: string;
  /** By the name that the files give it. */
  readonly architecture?: string | undefined;
  readonly config?: ModelConfig | undefined;
  readonly tensors: readonly TensorSummary[];
  readonly tokenizer?: TokenizerSummary | undefined;
  /** Jinja text. */
  readonly chatTemplate?: string | undefined;
  /** As the files have it. */
  readonly generation?: Readonly<Record<string, unknown>> | undefined;
  /** Other things worth saying, by name. */
  readonly notes?: Readonly<Record<string, unknown>> | undefined;
  /** What cannot be used here, and why, in whole sentences. */
  readonly unsupported: readonly string[];
}

export interface TensorSummary {
  readonly name: string;
  /** As the format calls it: `Q4_K`, `BF16`. */
  readonly dtype: string;
  /** Outermost first. */
  readonly shape: readonly number[];
  readonly bytes: number;
}

export interface TokenizerSummary {
  /** `byte-level BPE`, `SentencePiece BPE`. */
  readonly kind: string;
  readonly vocabularySize: number;
  /** Text → id. */
  readonly specialTokens: Readonly<Record<string, number>>;
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
