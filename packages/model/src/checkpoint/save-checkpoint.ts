/**
 * Writes checkpoints over an `ArtifactStore`: a folder per step in the layout of Hugging Face (config.json,
 * generation_config.json, model.safetensors or its shards under the family's own names, tokenizer files) with
 * the optimizer's state and checkpoint.json beside it. latest.json is written last and points to the newest
 * folder, best.json to the one with the lowest held-out loss. A crash leaves both on complete ones.
 */
import { type ArtifactStore, type JsonValue, LlmError, type TrainingSnapshot } from '@llm/core';
import type { FeedPosition } from '../feed/batch-feed.js';
import { familyOf } from '../hugging-face/config.js';
import { type ModelFilesOptions, writeModelFiles } from '../hugging-face/model-files.js';
import type { LoraConfig } from '../weights/lora.js';
import { writeWeights } from '../weights/weight-files.js';
import { folderOf, manifestKind, pointedTo, pointerKind, readJson, writeJson } from './checkpoint-files.js';
import { sha256 } from './sha256.js';

export interface SaveCheckpointOptions extends ModelFilesOptions {
  readonly snapshot: TrainingSnapshot;
  /** The snapshot holds adapters of this form alone; the model they belong to is not in the checkpoint. */
  readonly lora?: LoraConfig | undefined;
  /** Anything that fits JSON; comes back from `loadCheckpoint`. Default {}. */
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
  /** Comes back from `loadCheckpoint`: open the feed there to continue to the bit. */
  readonly feedPosition?: FeedPosition | undefined;
  /** How many stay, the best one beside them; older ones go after the pointer has moved. Default 2. */
  readonly keep?: number | undefined;
  /** Largest safetensors file; what is more becomes several with an index. Default 2e9. */
  readonly maximumShardBytes?: number | undefined;
}

const reserved = /^(config\.json|checkpoint\.json|(model|adapter|optimizer)[-.].*safetensors.*)$/;

/** Returns the key prefix of the new checkpoint, `<prefix>/step-00000500`. */
export async function saveCheckpoint(
  store: ArtifactStore,
  prefix: string,
  options: SaveCheckpointOptions,
): Promise<string> {
  const { config, snapshot, lora, tokenizerFiles = {}, metadata = {} } = options;
  const { maximumShardBytes, keep = 2 } = options;
  const { stepsTaken, parameters, optimizerState } = snapshot;
  const taken = Object.keys(tokenizerFiles).find((name) => reserved.test(name));
  if (taken !== undefined)
    throw new LlmError({
      code: 'model/checkpoint-file-reserved',
      message: `A tokenizer file cannot be called "${taken}": the checkpoint has one of its own.`,
    });
  const folder = folderOf(stepsTaken);
  const directory = `${prefix}/${folder}`;
  const files: Record<string, JsonValue> = {};
  const onWrite = (name: string, bytes: Uint8Array): void => {
    files[name] = { bytes: bytes.length, sha256: sha256(bytes) };
  };
  await writeModelFiles(store, directory, options, { onWrite });
  const sharding = { maximumShardBytes, onWrite };
  if (lora !== undefined) await writeWeights(store, directory, 'adapter', parameters, sharding);
  else {
    const weights = familyOf(config)?.exportTensors(config, parameters) ?? parameters;
    await writeWeights(store, directory, 'model', weights, sharding);
  }
  if (optimizerState.size > 0) await writeWeights(store, directory, 'optimizer', optimizerState, sharding);
  await writeJson(store, `${directory}/checkpoint.json`, manifestKind, {
    stepsTaken,
    lora: (lora ?? null) as JsonValue,
    files,
    tokenizerFiles: Object.keys(tokenizerFiles),
    metadata,
    feedPosition: (options.feedPosition ?? null) as unknown as JsonValue,
  });
  await writeJson(store, `${prefix}/latest.json`, pointerKind, { folder });
  await deleteOthers(store, prefix, folder, keep);
  return directory;
}

/**
 * Tells how well the checkpoint of a step does on held-out text, lower being better. The best of all that
 * were told about is kept and is what `loadCheckpoint(store, prefix, 'best')` reads. Returns whether this one
 * is it. Throws `core/artifact-missing` when there is no checkpoint of that step.
 */
export async function recordHeldOutLoss(
  store: ArtifactStore,
  prefix: string,
  step: number,
  heldOutLoss: number,
): Promise<boolean> {
  const folder = folderOf(step);
  await readJson(store, `${prefix}/${folder}/checkpoint.json`, manifestKind);
  const best = `${prefix}/best.json`;
  const before = (await store.has(best)) ? (await readJson(store, best, pointerKind)).heldOutLoss : undefined;
  if (!Number.isFinite(heldOutLoss) || (typeof before === 'number' && before <= heldOutLoss)) return false;
  await writeJson(store, best, pointerKind, { folder, heldOutLoss });
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
