/** `loadModel` in a page: from the hub or from an address, kept in the browser's own file system. */
import { type ArtifactStore, LlmError } from '@llm/core';
import { OpfsStore } from '@llm/core/stores';
import { createWasmExecutor } from '@llm/graph/web';
import { artifactSource } from '@llm/model/gguf';
import type { Assistant } from '../assistant.js';
import { assemble } from '../loading/assemble.js';
import { type DownloadPlan, downloadFiles } from '../loading/download-store.js';
import { hubFiles, type RemoteFile, remoteFile } from '../loading/hub-repository.js';
import { checkLoadOptions, type LoadOptions } from '../loading/load-options.js';
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

/**
 * `source`: `hf:owner/name[@revision]`, or the address of a `.gguf` file. Throws what the `loadModel` of
 * `@llm/assistant/node` throws, `assistant/download-refused`, `assistant/storage-full`,
 * `assistant/download-corrupt` or `assistant/source-unreachable`.
 */
export async function loadModel(source: string, options: LoadModelOptions = {}): Promise<Assistant> {
  const dtype = checkLoadOptions(options);
  const { threads, executor = createWasmExecutor({ threads }), adapter, selfTest } = options;
  const own = options.cache === undefined ? await OpfsStore.open('llm') : undefined;
  const cache = options.cache ?? own!;
  const fetched = (files: readonly RemoteFile[]): Promise<ArtifactStore> =>
    downloadFiles(files, cache, { ...options, hasRoom: own && ((bytes) => own.hasRoom(bytes)) });
  const described = (describe: () => Promise<readonly RemoteFile[]>): Promise<readonly RemoteFile[]> =>
    describedFiles(`${options.endpoint ?? ''} ${source}`, cache, options.onEvent, describe);
  if (adapter !== undefined)
    throw new LlmError({
      code: 'assistant/option-invalid',
      message: 'adapter is a folder, and a page has none: merge the adapter into the model first.',
      details: { option: 'adapter' },
    });
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
