/**
 * Checkpoints over an `ArtifactStore`: a folder per step in the layout of Hugging Face (config.json,
 * model.safetensors under the family's own names, tokenizer files) with optimizer.safetensors and checkpoint.json beside it, and a small pointer,
 * latest.json, that is written last. A crash at any moment leaves the pointer on a complete checkpoint.
 */
import {
  type ArtifactStore,
  type JsonValue,
  LlmError,
  type NamedTensor,
  type TrainingSnapshot,
} from '@llm/core';
import type { FeedPosition } from './feed/batch-feed.js';
import { configText, familyOf, fromHuggingFaceConfig, type SpecialTokenIds } from './hugging-face/config.js';
import { checkParameters } from './initial-parameters.js';
import type { ModelConfig } from './model-config.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

export interface Checkpoint {
  readonly config: ModelConfig;
  readonly snapshot: TrainingSnapshot;
  /** File name → content, kept byte for byte: tokenizer.json, tokenizer_config.json, … */
  readonly tokenizerFiles: Readonly<Record<string, Uint8Array>>;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  /** Where the data feed stood. */
  readonly feedPosition: FeedPosition | undefined;
}

export interface SaveCheckpointOptions {
  readonly config: ModelConfig;
  readonly snapshot: TrainingSnapshot;
  readonly tokenizerFiles?: Readonly<Record<string, string | Uint8Array>>;
  /** Anything that fits JSON; comes back from `loadCheckpoint`. Default {}. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  /** Comes back from `loadCheckpoint`: open the feed there to continue to the bit. */
  readonly feedPosition?: FeedPosition;
  /** Ids written into config.json for other programs. */
  readonly specialTokens?: SpecialTokenIds;
  /** How many checkpoints stay; older ones are deleted after the pointer has moved. Default 2. */
  readonly keep?: number;
}

const kind = 'llm-checkpoint';
const version = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const reserved = ['model.safetensors', 'optimizer.safetensors', 'config.json', 'checkpoint.json'];

/** Returns the key prefix of the new checkpoint, `<prefix>/step-00000500`. */
export async function saveCheckpoint(
  store: ArtifactStore,
  prefix: string,
  options: SaveCheckpointOptions,
): Promise<string> {
  const { config, snapshot, tokenizerFiles = {}, metadata = {}, keep = 2 } = options;
  const folder = `step-${String(snapshot.stepsTaken).padStart(8, '0')}`;
  const write = async (name: string, bytes: Uint8Array): Promise<number> => {
    await store.write(`${prefix}/${folder}/${name}`, bytes);
    return bytes.length;
  };
  const files: Record<string, number> = {};
  for (const [name, content] of Object.entries(tokenizerFiles)) {
    if (reserved.includes(name))
      throw new LlmError({
        code: 'model/checkpoint-file-reserved',
        message: `A tokenizer file cannot be called "${name}": the checkpoint has one of its own.`,
      });
    files[name] = await write(name, typeof content === 'string' ? encoder.encode(content) : content);
  }
  const weights = familyOf(config)?.exportTensors(config, snapshot.parameters) ?? snapshot.parameters;
  files['config.json'] = await write(
    'config.json',
    encoder.encode(configText(config, options.specialTokens)),
  );
  files['model.safetensors'] = await write('model.safetensors', writeSafetensors(weights));
  if (snapshot.optimizerState.size > 0)
    files['optimizer.safetensors'] = await write(
      'optimizer.safetensors',
      writeSafetensors(snapshot.optimizerState),
    );
  await write(
    'checkpoint.json',
    json({
      kind,
      version,
      stepsTaken: snapshot.stepsTaken,
      files,
      tokenizerFiles: Object.keys(tokenizerFiles),
      metadata,
      feedPosition: (options.feedPosition ?? null) as unknown as JsonValue,
    }),
  );
  await store.write(`${prefix}/latest.json`, json({ kind: 'llm-checkpoint-pointer', version, folder }));
  await deleteOthers(store, prefix, folder, keep);
  return `${prefix}/${folder}`;
}

/** Keeps the `keep` newest complete checkpoints, the one just written among them. */
async function deleteOthers(
  store: ArtifactStore,
  prefix: string,
  newest: string,
  keep: number,
): Promise<void> {
  const keys = await store.list(`${prefix}/step-`);
  const folders = [...new Set(keys.map((key) => key.slice(prefix.length + 1).split('/')[0]!))]
    .sort()
    .reverse();
  const kept = new Set([
    newest,
    ...folders.filter((folder) => folder < newest).slice(0, Math.max(0, keep - 1)),
  ]);
  for (const key of keys) if (!kept.has(key.slice(prefix.length + 1).split('/')[0]!)) await store.delete(key);
}

/** Whether `loadCheckpoint` would find something. */
export function hasCheckpoint(store: ArtifactStore, prefix: string): Promise<boolean> {
  return store.has(`${prefix}/latest.json`);
}

/**
 * Reads the newest checkpoint below `prefix`, or the one `prefix` itself is. Throws `core/artifact-missing`,
 * `model/checkpoint-invalid` (wrong kind or version, unreadable JSON, a file of another size than was written, with
 * its name and byte), `model/safetensors-…`, or `model/parameters-mismatch`.
 */
export async function loadCheckpoint(store: ArtifactStore, prefix: string): Promise<Checkpoint> {
  let folder = prefix;
  if (await store.has(`${prefix}/latest.json`)) {
    const pointer = await readJson(store, `${prefix}/latest.json`, 'llm-checkpoint-pointer');
    folder = `${prefix}/${String(pointer.folder)}`;
  }
  const manifest = await readJson(store, `${folder}/checkpoint.json`, kind);
  const files = (manifest.files ?? {}) as Readonly<Record<string, number>>;
  const read = async (name: string): Promise<Uint8Array> => {
    const key = `${folder}/${name}`;
    const bytes = await store.read(key);
    const expected = files[name];
    if (expected !== undefined && bytes.length !== expected)
      throw invalid(
        key,
        bytes.length < expected
          ? `it was cut: it ends at byte ${bytes.length} of ${expected}`
          : `it has ${bytes.length} bytes instead of ${expected}`,
        bytes.length,
      );
    return bytes;
  };
  const config = fromHuggingFaceConfig(decoder.decode(await read('config.json')), `${folder}/config.json`);
  const weights = readSafetensors(await read('model.safetensors'), `${folder}/model.safetensors`);
  const parameters = familyOf(config)?.importTensors(config, weights) ?? weights;
  checkParameters(config, parameters, `${folder}/model.safetensors`);
  const optimizerState: Map<string, NamedTensor> =
    files['optimizer.safetensors'] === undefined
      ? new Map()
      : readSafetensors(await read('optimizer.safetensors'), `${folder}/optimizer.safetensors`);
  const tokenizerFiles: Record<string, Uint8Array> = {};
  for (const name of (manifest.tokenizerFiles ?? []) as string[]) tokenizerFiles[name] = await read(name);
  return {
    config,
    snapshot: { stepsTaken: Number(manifest.stepsTaken), parameters, optimizerState },
    tokenizerFiles,
    metadata: (manifest.metadata ?? {}) as Readonly<Record<string, JsonValue>>,
    feedPosition: (manifest.feedPosition ?? undefined) as unknown as FeedPosition | undefined,
  };
}

async function readJson(
  store: ArtifactStore,
  key: string,
  expectedKind: string,
): Promise<Record<string, JsonValue>> {
  const bytes = await store.read(key);
  let value: Record<string, JsonValue>;
  try {
    value = JSON.parse(decoder.decode(bytes)) as Record<string, JsonValue>;
  } catch {
    throw invalid(key, `it is not JSON (${bytes.length} bytes)`, bytes.length);
  }
  if (value?.kind !== expectedKind)
    throw invalid(key, `its kind is ${JSON.stringify(value?.kind)}, not "${expectedKind}"`, 0);
  if (value.version !== version)
    throw invalid(key, `its version is ${String(value.version)}, this package reads ${version}`, 0);
  return value;
}

function invalid(key: string, what: string, byte: number): LlmError {
  return new LlmError({
    code: 'model/checkpoint-invalid',
    message: `The checkpoint file ${key} cannot be used: ${what}. Delete it and continue from an older checkpoint.`,
    details: { key, byte },
  });
}

function json(value: JsonValue): Uint8Array {
  return encoder.encode(`${JSON.stringify(value, null, 2)}\n`);
}
