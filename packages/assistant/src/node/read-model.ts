/** What a source holds, without an executor: for `loadModel`, and to write it in another format. */
import { open, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { FetchStore } from '@llm/core/stores';
import { artifactSource } from '@llm/model/gguf';
import { downloadModel, fileSource } from '@llm/model/node';
import { applyAdapter } from '../loading/apply-adapter.js';
import type { LoadOptions } from '../loading/load-options.js';
import type { LoadedModel } from '../loading/loaded-model.js';
import { nameOfAddress, nameOfFile } from '../loading/name-of.js';
import { openFolder } from '../loading/open-folder.js';
import { openGgufModel } from '../loading/open-gguf-model.js';

export interface ReadModelOptions
  extends Pick<LoadOptions, 'adapter' | 'endpoint' | 'token' | 'signal' | 'onEvent'> {
  /** Where models of the hub are kept. Default: the cache of Hugging Face. */
  readonly cacheDirectory?: string | undefined;
  /** Matrices that a GGUF file holds as integers stay integers. Default false: float32. */
  readonly quantized?: boolean | undefined;
}

/**
 * `source` as of `loadModel`; the adapter is merged into the weights, which are floats then. Throws
 * `assistant/source-missing`, `assistant/source-unknown`, `assistant/model-missing`,
 * `assistant/adapter-mismatch`, and what reading the files throws.
 */
export async function readModel(source: string, options: ReadModelOptions = {}): Promise<LoadedModel> {
  // Before much is read.
  const adapter = options.adapter === undefined ? undefined : resolve(await folderOf(options.adapter));
  const loaded = await read(source, options, { quantized: options.quantized ?? false });
  options.signal?.throwIfAborted();
  if (adapter === undefined) return loaded;
  return applyAdapter(loaded, new DirectoryStore(dirname(adapter)), basename(adapter));
}

async function read(
  source: string,
  options: ReadModelOptions,
  quantized: { readonly quantized: boolean },
): Promise<LoadedModel> {
  if (source.startsWith('hf:')) {
    const { directory } = await downloadModel(source, options);
    return openFolder(new DirectoryStore(directory), { name: nameOfAddress(source), place: source });
  }
  if (/^https?:/i.test(source)) {
    const url = new URL(source);
    const file = decodeURIComponent(url.pathname.split('/').at(-1)!);
    url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf('/'));
    const store = new FetchStore(url, { signal: options.signal, headers: bearer(options.token) });
    return openGgufModel(await artifactSource(store, file), nameOfFile(file), quantized);
  }
  const [path, stage] = split(source, await exists(source));
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined)
    throw new LlmError({
      code: 'assistant/source-missing',
      message: `There is no ${path}. Give a folder, a .gguf file, an address, or hf:owner/name.`,
      details: { source },
    });
  if (entry.isDirectory())
    return openFolder(new DirectoryStore(path), { name: basename(resolve(path)), place: path, stage });
  const begin = await beginningOf(path);
  if (begin.startsWith('GGUF'))
    return openGgufModel(await fileSource(resolve(path)), nameOfFile(path), quantized);
  throw unknownFile(path, begin);
}

/** Of the token only where it is given: an address may be anybody's. */
function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A `#` may also be part of a path. */
function split(source: string, isPath: boolean): [path: string, stage: string | undefined] {
  const at = source.lastIndexOf('#');
  return isPath || at < 0 ? [source, undefined] : [source.slice(0, at), source.slice(at + 1)];
}

async function folderOf(adapter: string): Promise<string> {
  if (await exists(adapter)) return adapter;
  throw new LlmError({
    code: 'assistant/source-missing',
    message: `There is no adapter folder ${adapter}.`,
    details: { adapter },
  });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Up to 16 characters. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0).finally(() => file.close());
  return buffer
    .subarray(0, bytesRead)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '.');
}

function unknownFile(path: string, begin: string): LlmError {
  return new LlmError({
    code: 'assistant/source-unknown',
    message: `${path} begins with "${begin}", which is no GGUF file. A model is a .gguf file, or a folder: of a safetensors file give the folder with its config.json.`,
    details: { path },
  });
}
