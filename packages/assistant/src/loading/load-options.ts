/** What every `loadModel` takes, in Node and in a page. */
import { checkChoice, LlmError, type RunOptions } from '@llm/core';
import type { Executor } from '@llm/graph';

export type WeightType = 'as stored' | 'float32' | 'q8' | 'q4';

export interface LoadOptions extends RunOptions {
  /** How weights are held in memory. Default `float32`, the only one yet. */
  readonly dtype?: WeightType | undefined;
  /** Where the model runs. Default: the environment's CPU executor. */
  readonly executor?: Executor | undefined;
  /** Of the default executor. Default: its choice. */
  readonly threads?: number | undefined;
  /** A folder with a LoRA adapter in PEFT's layout, merged into the weights. */
  readonly adapter?: string | undefined;
  /** Default: that of the environment's HF_ENDPOINT in Node, https://huggingface.co in a page. */
  readonly endpoint?: string | undefined;
  /** For private and gated repositories. Default: HF_TOKEN in Node. */
  readonly token?: string | undefined;
  /** Score a few tokens on the executor and on the reference before the model is given out. Default true. */
  readonly selfTest?: boolean | undefined;
}

/** Throws `core/option-invalid` or `assistant/option-invalid`. */
export function checkLoadOptions({ dtype, executor, threads }: LoadOptions): void {
  checkChoice('dtype', dtype, ['as stored', 'float32', 'q8', 'q4']);
  if (dtype !== undefined && dtype !== 'float32')
    throw new LlmError({
      code: 'assistant/option-invalid',
      message: `dtype is "${dtype}"; weights are held as float32 yet. Leave dtype out.`,
      details: { option: 'dtype', value: dtype },
    });
  if (executor !== undefined && threads !== undefined)
    throw new LlmError({
      code: 'assistant/option-invalid',
      message: 'threads and executor are both given: threads are those of the default executor. Give one.',
      details: { option: 'threads' },
    });
}
