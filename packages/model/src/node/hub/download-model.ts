/**
 * A model of the hub → a folder with config.json, weights as safetensors (one file, or an index and its
 * shards), generation_config.json and tokenizer files; nothing else of the repository, and all from one
 * commit.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emit, LlmError, type RunOptions } from '@llm/core';
import { tokenizerFileNames } from '../../hugging-face/import-model.js';
import { parseIndex } from '../../weights/weight-files.js';
import { parseHubAddress } from './hub-address.js';
import { defaultCacheDirectory, HubCache, isCommit } from './hub-cache.js';
import { HubClient, type HubClientOptions, readText } from './hub-client.js';
import { describeFile, fetchBlob, isWhole } from './hub-file.js';

export interface DownloadModelOptions extends HubClientOptions, RunOptions {
  /** Default: the cache of Hugging Face (HF_HUB_CACHE, HF_HOME/hub, ~/.cache/huggingface/hub). */
  readonly cacheDirectory?: string | undefined;
  /** Ask no server; the model must be in the cache. Default: whether HF_HUB_OFFLINE is 1. */
  readonly offline?: boolean | undefined;
  /** Stage name in events. Default `download`. */
  readonly stage?: string | undefined;
}

export interface DownloadedModel {
  /** Folder with the files; for `importHuggingFace(new DirectoryStore(directory), '')`. */
  readonly directory: string;
  readonly commit: string;
  readonly files: readonly string[];
}

/** Of a repository's description, which lists its files. */
const maximumListBytes = 2 ** 26;
/** Of what is no weight: a tokenizer.json has some megabytes. */
const maximumTextBytes = 2 ** 29;

const singleFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';

/**
 * `source` is `hf:owner/name` or `hf:owner/name@revision`. A download that was cut, by the network or a kill,
 * goes on where it stopped. Throws `model/hub-address-invalid`, `model/hub-unauthorized`,
 * `model/hub-missing`, `model/hub-unreachable`, `model/hub-corrupt`, `model/hub-no-weights`,
 * `model/hub-offline`, `model/hub-protocol` or `model/index-invalid`.
 */
export async function downloadModel(
  source: string,
  options: DownloadModelOptions = {},
): Promise<DownloadedModel> {
  const { onEvent, stage = 'download', offline = process.env.HF_HUB_OFFLINE === '1' } = options;
  const address = parseHubAddress(source);
  const cache = new HubCache(options.cacheDirectory ?? defaultCacheDirectory(), address);
  if (offline) return cachedModel(cache, source);
  const client = new HubClient(options);
  emit(onEvent, { type: 'stage-start', stage });
  const { commit, names } = await describeRepository(client, cache);
  const files: string[] = [];
  let finished = 0;
  const fetchFile = async (name: string): Promise<void> => {
    const file = await describeFile(client, name, client.fileUrl(address, commit, name), commit);
    if (!name.endsWith('.safetensors') && file.size > maximumTextBytes)
      throw new LlmError({
        code: 'model/hub-protocol',
        message: `${name} of ${source} has ${file.size} bytes, more than such a file can have. Check the repository.`,
        details: { source, file: name, size: file.size },
      });
    // What is in the cache is used while it is what the hub has: a blob may have been cut or changed.
    const etag = await cache.etagOf(commit, name);
    const isCurrent =
      (etag === undefined || etag === file.etag) && (await isWhole(join(cache.snapshot(commit), name), file));
    if (!isCurrent) {
      let told = 0;
      await fetchBlob(client, file, cache.blob(file.etag), (bytes) => {
        if (bytes < file.size && bytes - told < 1 << 20) return;
        told = bytes;
        emit(onEvent, { type: 'progress', stage, done: finished + bytes, unit: 'bytes' });
      });
      await cache.link(commit, name, file.etag);
      finished += file.size;
    }
    files.push(name);
  };
  await fetchFile('config.json');
  for (const name of tokenizerFileNames) if (names.has(name)) await fetchFile(name);
  if (names.has(singleFile)) await fetchFile(singleFile);
  else if (names.has(indexFile)) {
    await fetchFile(indexFile);
    const index = join(cache.snapshot(commit), indexFile);
    for (const shard of new Set(parseIndex(await readFile(index, 'utf8'), index).values()))
      await fetchFile(shard);
  } else
    throw new LlmError({
      code: 'model/hub-no-weights',
      message: `${source} has neither ${singleFile} nor ${indexFile}. Only safetensors are read: convert the model, or choose a revision that has them.`,
      details: { source, commit },
    });
  await cache.remember(commit);
  emit(onEvent, { type: 'artifact', stage, key: cache.snapshot(commit), kind: 'hugging-face-model' });
  emit(onEvent, { type: 'stage-end', stage, summary: { commit, files, bytes: finished } });
  return { directory: cache.snapshot(commit), commit, files };
}

/** The commit of the revision, and all its files. */
function describeRepository(
  client: HubClient,
  { address }: HubCache,
): Promise<{ readonly commit: string; readonly names: ReadonlySet<string> }> {
  const url = client.infoUrl(address);
  return client.request(
    () => url,
    () => ({ method: 'GET' }),
    async (response) => {
      const text = await readText(response, maximumListBytes);
      let info: { sha?: unknown; siblings?: readonly { rfilename?: unknown }[] | undefined } | undefined;
      try {
        info = JSON.parse(text) as typeof info;
      } catch {
        info = undefined;
      }
      const names = Array.isArray(info?.siblings) ? info.siblings.map((sibling) => sibling?.rfilename) : [];
      if (typeof info?.sha !== 'string' || !isCommit(info.sha) || !names.includes('config.json'))
        throw new LlmError({
          code: 'model/hub-protocol',
          message: `${url} does not describe a model with a commit and a config.json. Check the endpoint ${client.endpoint} and the repository.`,
          details: { url },
        });
      return { commit: info.sha, names: new Set(names as string[]) };
    },
  );
}

async function cachedModel(cache: HubCache, source: string): Promise<DownloadedModel> {
  const commit = await cache.knownCommit();
  const candidates = ['config.json', ...tokenizerFileNames, singleFile, indexFile];
  const files: string[] = [];
  for (const name of candidates)
    if (commit !== undefined && (await cache.has(commit, name))) files.push(name);
  if (commit === undefined || !files.includes('config.json'))
    throw new LlmError({
      code: 'model/hub-offline',
      message: `${source} is not in the cache (${cache.directory}), and no server may be asked. Fetch it once while online.`,
      details: { source, directory: cache.directory },
    });
  return { directory: cache.snapshot(commit), commit, files };
}
