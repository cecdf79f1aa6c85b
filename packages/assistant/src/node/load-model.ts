/** `loadModel` in Node: from the hub, a folder, a file or an address. */
import { createNodeExecutor } from '@llm/graph/node';
import type { Assistant } from '../assistant.js';
import { assemble } from '../loading/assemble.js';
import { checkLoadOptions, type LoadOptions } from '../loading/load-options.js';
import { readModel } from './read-model.js';

export interface LoadModelOptions extends LoadOptions {
  /** Where models of the hub are kept. Default: the cache of Hugging Face. */
  readonly cacheDirectory?: string | undefined;
}

/**
 * `source`: `hf:owner/name` or `hf:owner/name@revision`; a `.gguf` file, by its path or its address (read in
 * ranges); a folder in the layout of Hugging Face, a checkpoint, a run directory (`runs/latest`, or
 * `runs/latest#sft` for one of its models). What a path is, is told by what is in it.
 *
 * Throws `assistant/source-missing`, `assistant/source-unknown`, `assistant/model-missing`,
 * `assistant/adapter-mismatch`, `assistant/option-invalid`, `assistant/backend-wrong`, and what reading the
 * files throws.
 */
export async function loadModel(source: string, options: LoadModelOptions = {}): Promise<Assistant> {
  const dtype = checkLoadOptions(options);
  const { threads, selfTest, executor = createNodeExecutor({ threads }) } = options;
  const { adapter, endpoint, token, signal, onEvent, cacheDirectory } = options;
  const quantized = dtype !== 'float32';
  const loaded = await readModel(source, {
    adapter,
    endpoint,
    token,
    signal,
    onEvent,
    cacheDirectory,
    quantized,
  });
  return assemble(loaded, executor, { dtype, selfTest });
}
