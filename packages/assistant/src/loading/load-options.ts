/** What every `loadModel` takes, in Node and in a page. */
import { checkChoice, LlmError, type RunOptions } from '@llm/core';
import type { Executor } from '@llm/graph';

/**
 * `as stored`: matrices that a file holds as integers stay integers, floats of any width become float32.
 * `q8`, `q4`: rounded to 8 or 4 bits in blocks of 32.
 */
export type WeightType = 'as stored' | 'float32' | 'q8' | 'q4';

export interface LoadOptions extends RunOptions {
  /** How weights are held in memory. Default `as stored`, with an adapter `float32`. */
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

/** The weights' type. Throws `core/option-invalid` or `assistant/option-invalid`. */
export function checkLoadOptions({ dtype, executor, threads, adapter }: LoadOptions): WeightType {
  checkChoice('dtype', dtype, ['as stored', 'float32', 'q8', 'q4']);
  if (dtype === 'as stored' && adapter !== undefined)
    throw new LlmError({
      code: 'assistant/option-invalid',
      message:
        'dtype is "as stored" beside an adapter, which is merged into floats: choose float32, q8 or q4.',
      details: { option: 'dtype', value: dtype },
    });
  if (executor !== undefined && threads !== undefined)
    throw new LlmError({
      code: 'assistant/option-invalid',
      message: 'threads and executor are both given: threads are those of the default executor. Give one.',
      details: { option: 'threads' },
    });
  return dtype ?? (adapter === undefined ? 'as stored' : 'float32');
}
