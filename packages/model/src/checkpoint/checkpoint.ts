/**
 * Checkpoints over an `ArtifactStore`: a folder per step in the layout of Hugging Face (config.json, generation_config.json,
 * model.safetensors or its shards under the family's own names, tokenizer files) with the optimizer's state and
 * checkpoint.json beside it. latest.json is written last and points to the newest folder, best.json to the one with the
 * lowest held-out loss. A crash at any moment leaves both on complete checkpoints.
 */
import {
  type ArtifactStore,
  type JsonValue,
  LlmError,
  type NamedTensor,
  type TrainingSnapshot,
} from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { FeedPosition } from '../feed/batch-feed.js';
import { configText, familyOf, fromHuggingFaceConfig, type SpecialTokenIds } from '../hugging-face/config.js';
import { generationConfigText } from '../hugging-face/generation-config.js';
import { readParameters } from '../hugging-face/import-model.js';
import { openWeights, writeWeights } from '../weights/weight-files.js';

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
  readonly tokenizerFiles?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** Anything that fits JSON; comes back from `loadCheckpoint`. Default {}. */
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
  /** Comes back from `loadCheckpoint`: open the feed there to continue to the bit. */
  readonly feedPosition?: FeedPosition | undefined;
  /** Ids written into config.json for other programs. */
  readonly specialTokens?: SpecialTokenIds | undefined;
  /** How many checkpoints stay, the best one beside them; older ones are deleted after the pointer has moved. Default 2. */
  readonly keep?: number | undefined;
  /** Largest safetensors file; what is more becomes several with an index. Default 2e9. */
  readonly maximumShardBytes?: number | undefined;
}

const kind = 'llm-checkpoint';
const pointerKind = 'llm-checkpoint-pointer';
const folderOf = (step: number): string => `step-${String(step).padStart(8, '0')}`;
const version = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const reserved = /^(config\.json|checkpoint\.json|(model|optimizer)[-.].*safetensors.*)$/;

/** Returns the key prefix of the new checkpoint, `<prefix>/step-00000500`. */
export async function saveCheckpoint(
  store: ArtifactStore,
  prefix: string,
  options: SaveCheckpointOptions,
): Promise<string> {
  const { config, snapshot, tokenizerFiles = {}, metadata = {}, keep = 2 } = options;
  const folder = folderOf(snapshot.stepsTaken);
  const write = async (name: string, bytes: Uint8Array): Promise<number> => {
    await store.write(`${prefix}/${folder}/${name}`, bytes);
    return bytes.length;
  };
  const files: Record<string, number> = {};
  for (const [name, content] of Object.entries(tokenizerFiles)) {
    if (reserved.test(name))
      throw new LlmError({
        code: 'model/checkpoint-file-reserved',
        message: `A tokenizer file cannot be called "${name}": the checkpoint has one of its own.`,
      });
    files[name] = await write(name, typeof content === 'string' ? encoder.encode(content) : content);
  }
  files['config.json'] = await write(
    'config.json',
    encoder.encode(configText(config, options.specialTokens)),
  );
  if (!('generation_config.json' in tokenizerFiles))
    files['generation_config.json'] = await write(
      'generation_config.json',
      encoder.encode(generationConfigText(options.specialTokens)),
    );
  const weights = familyOf(config)?.exportTensors(config, snapshot.parameters) ?? snapshot.parameters;
  const writeAll = async (stem: string, tensors: ReadonlyMap<string, NamedTensor>): Promise<unknown> =>
    Object.assign(
      files,
      await writeWeights(store, `${prefix}/${folder}`, stem, tensors, options.maximumShardBytes),
    );
  await writeAll('model', weights);
  if (snapshot.optimizerState.size > 0) await writeAll('optimizer', snapshot.optimizerState);
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
  await store.write(`${prefix}/latest.json`, json({ kind: pointerKind, version, folder }));
  await deleteOthers(store, prefix, folder, keep);
  return `${prefix}/${folder}`;
}

/**
 * Tells how well the checkpoint of a step does on held-out text, lower being better. The best of all that were told about
 * is kept and is what `loadCheckpoint(store, prefix, 'best')` reads. Returns whether this one is it. Throws
 * `core/artifact-missing` when there is no checkpoint of that step.
 */
export async function recordHeldOutLoss(
  store: ArtifactStore,
  prefix: string,
  step: number,
  heldOutLoss: number,
): Promise<boolean> {
  const folder = folderOf(step);
  await readJson(store, `${prefix}/${folder}/checkpoint.json`, kind);
  const best = `${prefix}/best.json`;
  const before = (await store.has(best)) ? (await readJson(store, best, pointerKind)).heldOutLoss : undefined;
  if (!Number.isFinite(heldOutLoss) || (typeof before === 'number' && before <= heldOutLoss)) return false;
  await store.write(best, json({ kind: pointerKind, version, folder, heldOutLoss }));
  return true;
}

/** Keeps the `keep` newest complete checkpoints, the one just written among them, and the best. */
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
    ...((await store.has(`${prefix}/best.json`)) ? [await pointedTo(store, `${prefix}/best.json`)] : []),
    ...folders.filter((folder) => folder < newest).slice(0, Math.max(0, keep - 1)),
  ]);
  for (const key of keys) if (!kept.has(key.slice(prefix.length + 1).split('/')[0]!)) await store.delete(key);
}

/** Whether `loadCheckpoint` would find something. */
export function hasCheckpoint(store: ArtifactStore, prefix: string): Promise<boolean> {
  return store.has(`${prefix}/latest.json`);
}

/**
 * Reads the newest checkpoint below `prefix` or the best (see `recordHeldOutLoss`), or the one `prefix` itself is. Throws
 * `core/artifact-missing`, `model/checkpoint-invalid` (wrong kind or version, unreadable JSON, a file of another size than
 * was written, with its name and byte), `model/safetensors-…`, `model/index-invalid` or `model/parameters-mismatch`.
 */
export async function loadCheckpoint(
  store: ArtifactStore,
  prefix: string,
  which: 'latest' | 'best' = 'latest',
): Promise<Checkpoint> {
  let folder = prefix;
  if (which === 'best' || (await store.has(`${prefix}/latest.json`)))
    folder = `${prefix}/${await pointedTo(store, `${prefix}/${which}.json`)}`;
  const manifest = await readJson(store, `${folder}/checkpoint.json`, kind);
  const files = (manifest.files ?? {}) as Readonly<Record<string, number>>;
  for (const [name, expected] of Object.entries(files)) await checkSize(store, `${folder}/${name}`, expected);
  const config = fromHuggingFaceConfig(
    decoder.decode(await store.read(`${folder}/config.json`)),
    `${folder}/config.json`,
  );
  const weights = await openWeights(store, folder, 'model');
  const parameters = await readParameters(config, familyOf(config), weights, `${folder}/model.safetensors`);
  const hasState = Object.keys(files).some((name) => name.startsWith('optimizer'));
  const optimizerState: Map<string, NamedTensor> = hasState
    ? await (await openWeights(store, folder, 'optimizer')).read()
    : new Map();
  const tokenizerFiles: Record<string, Uint8Array> = {};
  for (const name of (manifest.tokenizerFiles ?? []) as string[])
    tokenizerFiles[name] = await store.read(`${folder}/${name}`);
  return {
    config,
    snapshot: { stepsTaken: Number(manifest.stepsTaken), parameters, optimizerState },
    tokenizerFiles,
    metadata: (manifest.metadata ?? {}) as Readonly<Record<string, JsonValue>>,
    feedPosition: (manifest.feedPosition ?? undefined) as unknown as FeedPosition | undefined,
  };
}

async function checkSize(store: ArtifactStore, key: string, expected: number): Promise<void> {
  const size = store.size ? await store.size(key) : (await store.read(key)).length;
  if (size < expected) throw invalid(key, `it was cut: it ends at byte ${size} of ${expected}`, size);
  if (size !== expected) throw invalid(key, `it has ${size} bytes instead of ${expected}`, size);
}

async function pointedTo(store: ArtifactStore, key: string): Promise<string> {
  const { folder } = await readJson(store, key, pointerKind);
  if (typeof folder !== 'string' || !/^step-\d+$/.test(folder))
    throw invalid(key, `it points to ${JSON.stringify(folder)}, which is not a checkpoint beside it`, 0);
  return folder;
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
