/**
 * Tensors as safetensors files of a directory, the way Hugging Face lays them out: `model.safetensors`, or
 * `model-00001-of-00003.safetensors` … with `model.safetensors.index.json` when one file would be too large.
 * Reading looks at every header first, then holds one tensor's bytes at a time where the store reads ranges.
 */
import { type ArtifactStore, LlmError, type NamedTensor } from '@llm/core';
import {
  readSafetensorsHeader,
  readTensor,
  type SafetensorsEntry,
  safetensorsHeaderBytes,
  writeSafetensors,
} from './safetensors.js';

/** What can be held in one array by every runtime this is meant for (Node 20 reads files up to 2 GiB). */
const defaultShardBytes = 2e9;

/** Of a file in the directory `prefix`; '' is the store itself. */
export const fileKey = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}/${name}`);

/**
 * Writes `<stem>.safetensors` or its shards, and deletes those of another size that were there. Returns file
 * name → bytes. A tensor larger than `maximumShardBytes` gets a file of its own.
 */
export async function writeWeights(
  store: ArtifactStore,
  prefix: string,
  stem: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  maximumShardBytes = defaultShardBytes,
): Promise<Record<string, number>> {
  const shards: Map<string, NamedTensor>[] = [new Map()];
  let filled = 0;
  let totalBytes = 0;
  for (const [name, tensor] of tensors) {
    const bytes = tensor.data.byteLength;
    if (filled > 0 && filled + bytes > maximumShardBytes) {
      shards.push(new Map());
      filled = 0;
    }
    shards.at(-1)!.set(name, tensor);
    filled += bytes;
    totalBytes += bytes;
  }
  const files: Record<string, number> = {};
  const write = async (name: string, bytes: Uint8Array): Promise<void> => {
    await store.write(fileKey(prefix, name), bytes);
    files[name] = bytes.length;
  };
  if (shards.length === 1) await write(`${stem}.safetensors`, writeSafetensors(shards[0]!));
  else {
    const map: Record<string, string> = {};
    const number = (value: number): string => String(value).padStart(5, '0');
    for (const [index, shard] of shards.entries()) {
      const file = `${stem}-${number(index + 1)}-of-${number(shards.length)}.safetensors`;
      await write(file, writeSafetensors(shard));
      for (const name of shard.keys()) map[name] = file;
    }
    const index = { metadata: { total_size: totalBytes }, weight_map: map };
    await write(indexName(stem), new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`));
  }
  const ours = new RegExp(`^${stem}(-\\d{5}-of-\\d{5})?\\.safetensors(\\.index\\.json)?$`);
  for (const key of await store.list(fileKey(prefix, stem))) {
    const name = key.slice(fileKey(prefix, '').length);
    if (ours.test(name) && !(name in files)) await store.delete(key);
  }
  return files;
}

const indexName = (stem: string): string => `${stem}.safetensors.index.json`;

interface StoredTensor extends SafetensorsEntry {
  readonly key: string;
}

/** Weights whose headers have been read. */
export class OpenWeights {
  constructor(
    private readonly store: ArtifactStore,
    private readonly stored: readonly StoredTensor[],
  ) {}

  /** The tensors without their numbers, in the order of the files; those `wanted`, or all. */
  shapes(wanted: (name: string) => boolean = () => true): Map<string, NamedTensor> {
    const chosen = this.stored.filter(({ name }) => wanted(name));
    return new Map(chosen.map(({ name, shape }) => [name, { shape, data: new Float32Array(0) }]));
  }

  /** As float32. Throws `model/safetensors-type-unsupported`. */
  async read(wanted: (name: string) => boolean = () => true): Promise<Map<string, NamedTensor>> {
    const tensors = new Map<string, NamedTensor>();
    let whole: { readonly key: string; readonly bytes: Uint8Array } | undefined;
    for (const entry of this.stored) {
      if (!wanted(entry.name)) continue;
      const { key, name, start, end } = entry;
      let bytes: Uint8Array;
      if (this.store.readRange) bytes = await this.store.readRange(key, start, end);
      else {
        if (whole?.key !== key) whole = { key, bytes: await this.store.read(key) };
        bytes = whole.bytes.subarray(start, end);
      }
      tensors.set(name, readTensor(bytes, entry, key));
    }
    return tensors;
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
    return new OpenWeights(store, await readHeader(store, single));
  const map = parseIndex(new TextDecoder().decode(await store.read(indexKey)), indexKey);
  const stored: StoredTensor[] = [];
  const found = new Set<string>();
  for (const file of new Set(map.values())) {
    for (const entry of await readHeader(store, fileKey(prefix, file))) {
      if (map.get(entry.name) !== file)
        throw invalidIndex(
          indexKey,
          `places "${entry.name}" in ${map.get(entry.name) ?? 'no file'}, but ${file} holds it`,
        );
      found.add(entry.name);
      stored.push(entry);
    }
  }
  const missing = [...map.keys()].find((name) => !found.has(name));
  if (missing !== undefined)
    throw invalidIndex(indexKey, `places "${missing}" in ${map.get(missing)}, which does not hold it`);
  return new OpenWeights(store, stored);
}

async function readHeader(store: ArtifactStore, key: string): Promise<StoredTensor[]> {
  const whole = store.size && store.readRange ? undefined : await store.read(key);
  const size = whole?.length ?? (await store.size!(key));
  const read = async (end: number): Promise<Uint8Array> => whole ?? (await store.readRange!(key, 0, end));
  const header = await read(safetensorsHeaderBytes(await read(8), size, key));
  return readSafetensorsHeader(header, size, key).map((entry) => ({ ...entry, key }));
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
    if (typeof target !== 'string' || !/^[\w.-]+\.safetensors$/.test(target))
      throw invalidIndex(
        file,
        `places "${name}" in ${JSON.stringify(target)}, which is not a file beside it`,
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
