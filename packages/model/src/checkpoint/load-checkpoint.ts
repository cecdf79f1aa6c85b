/** Reads what `saveCheckpoint` wrote. */
import type { ArtifactStore, JsonValue, NamedTensor, TrainingSnapshot } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { FeedPosition } from '../feed/batch-feed.js';
import { familyOf, fromHuggingFaceConfig, parseConfig } from '../hugging-face/config.js';
import { readParameters } from '../hugging-face/import-model.js';
import { readSpecialTokens, type SpecialTokenIds } from '../hugging-face/special-tokens.js';
import { openWeights } from '../weights/weight-files.js';
import { invalid, manifestKind, pointedTo, readJson } from './checkpoint-files.js';

export interface Checkpoint {
  readonly config: ModelConfig;
  readonly snapshot: TrainingSnapshot;
  /** File name → content, kept byte for byte: tokenizer.json, tokenizer_config.json, … */
  readonly tokenizerFiles: Readonly<Record<string, Uint8Array>>;
  /** What it was saved with: pass them on when the model is exported. */
  readonly specialTokens: SpecialTokenIds;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  /** Where the data feed stood. */
  readonly feedPosition: FeedPosition | undefined;
}

/** Whether `loadCheckpoint` would find something. */
export function hasCheckpoint(store: ArtifactStore, prefix: string): Promise<boolean> {
  return store.has(`${prefix}/latest.json`);
}

/**
 * Reads the newest checkpoint below `prefix` or the best (see `recordHeldOutLoss`), or the one `prefix`
 * itself is. Throws `core/artifact-missing`, `model/checkpoint-invalid` (wrong kind or version, unreadable
 * JSON, a file of another size than was written, with its name and byte), `model/safetensors-…`,
 * `model/index-invalid` or `model/parameters-mismatch`.
 */
export async function loadCheckpoint(
  store: ArtifactStore,
  prefix: string,
  which: 'latest' | 'best' = 'latest',
): Promise<Checkpoint> {
  let folder = prefix;
  if (which === 'best' || (await store.has(`${prefix}/latest.json`)))
    folder = `${prefix}/${await pointedTo(store, `${prefix}/${which}.json`)}`;
  const manifest = await readJson(store, `${folder}/checkpoint.json`, manifestKind);
  const files = (manifest.files ?? {}) as Readonly<Record<string, number>>;
  for (const [name, expected] of Object.entries(files)) await checkSize(store, `${folder}/${name}`, expected);
  const configText = new TextDecoder().decode(await store.read(`${folder}/config.json`));
  const config = fromHuggingFaceConfig(configText, `${folder}/config.json`);
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
    specialTokens: readSpecialTokens(parseConfig(configText, `${folder}/config.json`)),
    metadata: (manifest.metadata ?? {}) as Readonly<Record<string, JsonValue>>,
    feedPosition: (manifest.feedPosition ?? undefined) as unknown as FeedPosition | undefined,
  };
}

async function checkSize(store: ArtifactStore, key: string, expected: number): Promise<void> {
  const size = store.size ? await store.size(key) : (await store.read(key)).length;
  if (size < expected) throw invalid(key, `it was cut: it ends at byte ${size} of ${expected}`, size);
  if (size !== expected) throw invalid(key, `it has ${size} bytes instead of ${expected}`, size);
}
