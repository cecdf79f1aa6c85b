/**
 * `loadModel` in a page: from the hub or from an address, kept in the browser's own file system; or out of a
 * store, which is read where it is: files that were dropped, a run on a server.
 */
import { type ArtifactStore, LlmError } from '@llm/core';
import { OpfsStore } from '@llm/core/stores';
import { createWasmExecutor } from '@llm/graph/web';
import { artifactSource } from '@llm/model/gguf';
import type { Assistant } from '../assistant.js';
import { assemble } from '../loading/assemble.js';
import { type DownloadPlan, downloadFiles } from '../loading/download-store.js';
import { hubFiles, type RemoteFile, remoteFile } from '../loading/hub-repository.js';
import { checkLoadOptions, type LoadOptions } from '../loading/load-options.js';
import type { LoadedModel } from '../loading/loaded-model.js';
import { nameOfAddress, nameOfFile } from '../loading/name-of.js';
import { openFolder } from '../loading/open-folder.js';
import { openGgufModel } from '../loading/open-gguf-model.js';
import { describedFiles } from '../loading/remembered-files.js';

export interface LoadModelOptions extends LoadOptions {
  /** Where models are kept. Default: the origin private file system. */
  readonly cache?: ArtifactStore | undefined;
  /** Told how much is to be fetched before it is; `false` refuses. */
  readonly onPlan?: ((plan: DownloadPlan) => boolean | undefined | Promise<boolean | undefined>) | undefined;
}

/** A model that is read where it lies. */
export interface StoredModel {
  /**
   * A folder as of `loadModel` of `/node` (a run among them), or one `.gguf` file. What has no `list` of its
   * own is given its keys (`FetchStore`).
   */
  readonly store: ArtifactStore;
  readonly name: string;
  /** Which model of a run: `sft`. Default: the last that is finished. */
  readonly stage?: string | undefined;
}

/**
 * `source`: `hf:owner/name[@revision]`, the address of a `.gguf` file, or a model in a store. Throws what
 * the `loadModel` of `@llm/assistant/node` throws, `assistant/download-refused`, `assistant/storage-full`,
 * `assistant/download-corrupt` or `assistant/source-unreachable`.
 */
export async function loadModel(
  source: string | StoredModel,
  options: LoadModelOptions = {},
): Promise<Assistant> {
  const dtype = checkLoadOptions(options);
  const { threads, executor = createWasmExecutor({ threads }), adapter, selfTest } = options;
  if (adapter !== undefined)
    throw new LlmError({
      code: 'assistant/option-invalid',
      message: 'adapter is a folder, and a page has none: merge the adapter into the model first.',
      details: { option: 'adapter' },
    });
  if (typeof source !== 'string') {
    const loaded = await openStored(source, { quantized: dtype !== 'float32' });
    return assemble(loaded, executor, { dtype, selfTest });
  }
  const own = options.cache === undefined ? await OpfsStore.open('llm') : undefined;
  const cache = options.cache ?? own!;
  const fetched = (files: readonly RemoteFile[]): Promise<ArtifactStore> =>
    downloadFiles(files, cache, { ...options, hasRoom: own && ((bytes) => own.hasRoom(bytes)) });
  const described = (describe: () => Promise<readonly RemoteFile[]>): Promise<readonly RemoteFile[]> =>
    describedFiles(`${options.endpoint ?? ''} ${source}`, cache, options.onEvent, describe);
  if (source.startsWith('hf:')) {
    const store = await fetched(await described(() => hubFiles(source, options)));
    const loaded = await openFolder(store, { name: nameOfAddress(source), place: source });
    return assemble(loaded, executor, { dtype, selfTest });
  }
  if (!/^https?:/i.test(source))
    throw new LlmError({
      code: 'assistant/source-unknown',
      message: `"${source.slice(0, 200)}" is neither hf:owner/name nor an http(s) address of a .gguf file.`,
      details: { source: source.slice(0, 200) },
    });
  const files = await described(async () => [await remoteFile(source, options)]);
  const store = await fetched(files);
  const { name } = files[0]!;
  const loaded = await openGgufModel(await artifactSource(store, name), nameOfFile(name), {
    quantized: dtype !== 'float32',
  });
  return assemble(loaded, executor, { dtype, selfTest });
}

async function openStored(
  { store, name, stage }: StoredModel,
  weights: { readonly quantized: boolean },
): Promise<LoadedModel> {
  const keys = await store.list('');
  const [file] = keys.filter((key) => key.endsWith('.gguf'));
  if (file === undefined || keys.length > 1) return openFolder(store, { name, place: name, stage });
  return openGgufModel(await artifactSource(store, file), nameOfFile(file), weights);
}
