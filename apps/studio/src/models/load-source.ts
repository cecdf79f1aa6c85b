/** A model of any source on the best executor that computes it rightly, and in words where that is. */
import type { Assistant } from '@llm/assistant';
import { type LoadModelOptions, loadModel } from '@llm/assistant/web';
import { type ArtifactStore, LlmError } from '@llm/core';
import { FetchStore, OpfsStore } from '@llm/core/stores';
import { type Choice, wasmChoice, webgpuChoice } from './executors.js';
import { FileStore } from './file-store.js';
import { keptModels } from './kept-models.js';
import type { ModelSource } from './model-calls.js';

export interface LoadedSource {
  readonly assistant: Assistant;
  readonly runsOn: string;
}

export async function loadSource(
  source: ModelSource,
  name: string,
  options: Pick<LoadModelOptions, 'onEvent' | 'dtype'> = {},
): Promise<LoadedSource> {
  const gpu = await webgpuChoice();
  if (gpu !== undefined) {
    try {
      return { assistant: await loadOn(gpu, source, name, options), runsOn: gpu.name };
    } catch (error) {
      // Whatever is wrong with the GPU, the model may be well: the reason is told.
      const wasm = wasmChoice();
      const why = error instanceof Error ? error.message.split('. ')[0] : String(error);
      return {
        assistant: await loadOn(wasm, source, name, options),
        runsOn: `${wasm.name}; not on ${gpu.name}: ${why}`,
      };
    }
  }
  const wasm = wasmChoice();
  return {
    assistant: await loadOn(wasm, source, name, options),
    runsOn: `${wasm.name}; this browser gives pages no GPU`,
  };
}

async function loadOn(
  { executor }: Choice,
  source: ModelSource,
  name: string,
  options: LoadModelOptions,
): Promise<Assistant> {
  if (source.kind === 'named') return loadModel(source.source, { ...options, executor });
  const stage = source.kind === 'served' ? source.stage : undefined;
  return loadModel({ store: await storeOf(source, name), name, stage }, { ...options, executor });
}

async function storeOf(
  source: Exclude<ModelSource, { readonly kind: 'named' }>,
  name: string,
): Promise<ArtifactStore> {
  if (source.kind === 'files') return new FileStore(source.files);
  if (source.kind === 'served') return new FetchStore(source.address, { keys: source.keys });
  if (source.kind === 'kept') return OpfsStore.open(`${keptModels}/${source.name}/model`);
  throw new LlmError({
    code: 'studio/not-in-the-page',
    message: `${name} is a model of the server, which answers by itself.`,
  });
}
