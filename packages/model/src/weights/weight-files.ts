/**
 * Tensors as safetensors files of a directory, the way Hugging Face lays them out: `model.safetensors`, or
 * `model-00001-of-00003.safetensors` … with `model.safetensors.index.json` when one file would be too large.
 * Reading looks at every header first, then holds one tensor's bytes at a time where the store reads ranges.
 */
import { type ArtifactStore, LlmError, type NamedTensor } from '@llm/core';
import {
  readSafetensorsHeader,
  readTensor,
  type SafetensorsDtype,
  type SafetensorsEntry,
  safetensorsHeaderBytes,
  writeSafetensors,
} from './safetensors.js';

/** What can be held in one array by every runtime this is meant for (Node 20 reads files up to 2 GiB). */
const defaultShardBytes = 2e9;

/** Of a file in the directory `prefix`; '' is the store itself. */
export const fileKey = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}/${name}`);

export interface WriteWeightsOptions {
  /** Largest file; a larger tensor gets one of its own. Default 2e9. */
  readonly maximumShardBytes?: number | undefined;
  /** Default F32. */
  readonly dtype?: SafetensorsDtype | undefined;
  /** Called with each file that was written. */
  readonly onWrite?: ((name: string, bytes: Uint8Array) => void) | undefined;
}

/** Writes `<stem>.safetensors` or its shards, and deletes those of another size that were there. */
export async function writeWeights(
  store: ArtifactStore,
  prefix: string,
  stem: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  { maximumShardBytes = defaultShardBytes, dtype = 'F32', onWrite }: WriteWeightsOptions = {},
): Promise<void> {
  const shards: Map<string, NamedTensor>[] = [new Map()];
  let filled = 0;
  let totalBytes = 0;
  for (const [name, tensor] of tensors) {
    const bytes = tensor.data.length * (dtype === 'F32' ? 4 : 2);
    if (filled > 0 && filled + bytes > maximumShardBytes) {
      shards.push(new Map());
      filled = 0;
    }
    shards.at(-1)!.set(name, tensor);
    filled += bytes;
    totalBytes += bytes;
  }
  const files = new Set<string>();
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    await store.write(fileKey(prefix, name), bytes);
    files.add(name);
    onWrite?.(name, bytes);
  };
  if (shards.length === 1) await write(`${stem}.safetensors`, writeSafetensors(shards[0]!, dtype));
  else {
    const map: Record<string, string> = {};
    const number = (value: number): string => String(value).padStart(5, '0');
    for (const [index, shard] of shards.entries()) {
      const file = `${stem}-${number(index + 1)}-of-${number(shards.length)}.safetensors`;
      await write(file, writeSafetensors(shard, dtype));
      for (const name of shard.keys()) map[name] = file;
    }
    const index = { metadata: { total_size: totalBytes }, weight_map: map };
    await write(indexName(stem), new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`));
  }
  const ours = new RegExp(`^${stem}(-\\d{5}-of-\\d{5})?\\.safetensors(\\.index\\.json)?$`);
  for (const key of await store.list(fileKey(prefix, stem))) {
    const name = key.slice(fileKey(prefix, '').length);
    if (ours.test(name) && !files.has(name)) await store.delete(key);
  }
}

const indexName = (stem: string): string => `${stem}.safetensors.index.json`;

interface StoredTensor extends SafetensorsEntry {
  readonly key: string;
}

/** Hears every byte of the files in order, each file's before those of the next. */
export type ByteListener = (key: string, bytes: Uint8Array) => void;

interface OpenFile {
  readonly key: string;
  readonly header: Uint8Array;
  readonly tensors: readonly StoredTensor[];
}

/** Weights whose headers have been read. */
export class OpenWeights {
  readonly #store: ArtifactStore;
  readonly #files: readonly OpenFile[];

  constructor(store: ArtifactStore, files: readonly OpenFile[]) {
    this.#store = store;
    this.#files = files;
  }

  /** The tensors without their numbers, in the order of the files; those `wanted`, or all. */
  shapes(wanted: (name: string) => boolean = () => true): Map<string, NamedTensor> {
    const chosen = this.#files.flatMap(({ tensors }) => tensors).filter(({ name }) => wanted(name));
    return new Map(chosen.map(({ name, shape }) => [name, { shape, data: new Float32Array(0) }]));
  }

  /**
   * As float32; those not `wanted` are read only for `onBytes`. Throws `model/safetensors-type-unsupported`.
   */
  async read(
    wanted: (name: string) => boolean = () => true,
    onBytes?: ByteListener,
  ): Promise<Map<string, NamedTensor>> {
    const found = new Map<string, NamedTensor>();
    for (const { key, header, tensors } of this.#files) {
      onBytes?.(key, header);
      const whole = this.#store.readRange ? undefined : await this.#store.read(key);
      for (const entry of tensors) {
        const { name, start, end } = entry;
        if (!wanted(name) && onBytes === undefined) continue;
        const bytes = whole?.subarray(start, end) ?? (await this.#store.readRange!(key, start, end));
        onBytes?.(key, bytes);
        if (wanted(name)) found.set(name, readTensor(bytes, entry, key));
      }
    }
    return found;
  }
}

/**
 * Opens `<stem>.safetensors`, or the files its index names. Throws `core/artifact-missing`,
 * `model/safetensors-invalid`, `model/safetensors-truncated`, or `model/index-invalid` (a name that is not a
 * plain file name beside it, a tensor that is not where the index says).
 */
export async function openWeights(store: ArtifactStore, prefix: string, stem: string): Promise<OpenWeights> {
  // Where both are, transformers reads the one file.
  const indexKey = fileKey(prefix, indexName(stem));
  const single = fileKey(prefix, `${stem}.safetensors`);
  if ((await store.has(single)) || !(await store.has(indexKey)))
    return new OpenWeights(store, [await readHeader(store, single)]);
  const map = parseIndex(new TextDecoder().decode(await store.read(indexKey)), indexKey);
  const files: OpenFile[] = [];
  const found = new Set<string>();
  for (const file of new Set(map.values())) {
    const opened = await readHeader(store, fileKey(prefix, file));
    files.push(opened);
    for (const entry of opened.tensors) {
      if (map.get(entry.name) !== file)
        throw invalidIndex(
          indexKey,
          `places "${entry.name}" in ${map.get(entry.name) ?? 'no file'}, but ${file} holds it`,
        );
      found.add(entry.name);
    }
  }
  const missing = [...map.keys()].find((name) => !found.has(name));
  if (missing !== undefined)
    throw invalidIndex(indexKey, `places "${missing}" in ${map.get(missing)}, which does not hold it`);
  return new OpenWeights(store, files);
}

async function readHeader(store: ArtifactStore, key: string): Promise<OpenFile> {
  const whole = store.size && store.readRange ? undefined : await store.read(key);
  const size = whole?.length ?? (await store.size!(key));
  const read = async (end: number): Promise<Uint8Array> => whole ?? (await store.readRange!(key, 0, end));
  const end = safetensorsHeaderBytes(await read(8), size, key);
  const header = (await read(end)).subarray(0, end);
  const tensors = readSafetensorsHeader(header, size, key).map((entry) => ({ ...entry, key }));
  return { key, header: whole ? new Uint8Array(header) : header, tensors };
}

/** Tensor → file of a `*.safetensors.index.json`. Throws `model/index-invalid`. */
export function parseIndex(text: string, file: string): Map<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalidIndex(file, 'is not JSON');
  }
  const map = (json as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map) || Object.keys(map).length === 0)
    throw invalidIndex(file, 'names no file');
  const files = new Map<string, string>();
  for (const [name, target] of Object.entries<unknown>({ ...map })) {
    if (typeof target !== 'string' || !/^[\w.-]{1,200}\.safetensors$/.test(target))
      throw invalidIndex(
        file,
        `places "${name.slice(0, 200)}" in ${(JSON.stringify(target) ?? '').slice(0, 200)}, which is not a file beside it`,
      );
    files.set(name, target);
  }
  return files;
}

function invalidIndex(file: string, what: string): LlmError {
  return new LlmError({
    code: 'model/index-invalid',
    message: `${file} ${what}. Fetch or write the model again.`,
    details: { file },
  });
}
