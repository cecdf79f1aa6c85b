/** Reads what `saveCheckpoint` wrote. */
import type { ArtifactStore, JsonValue, NamedTensor, TrainingSnapshot } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import type { FeedPosition } from '../feed/batch-feed.js';
import { familyOf, fromHuggingFaceConfig, parseConfig } from '../hugging-face/config.js';
import { readParameters } from '../hugging-face/import-model.js';
import { readSpecialTokens, type SpecialTokenIds } from '../hugging-face/special-tokens.js';
import type { LoraConfig } from '../weights/lora.js';
import { openWeights } from '../weights/weight-files.js';
import { invalid, manifestKind, pointedTo, readJson } from './checkpoint-files.js';
import { VerifiedFiles } from './verified-files.js';

export interface Checkpoint {
  readonly config: ModelConfig;
  readonly snapshot: TrainingSnapshot;
  /** The snapshot holds adapters of this form alone. */
  readonly lora: LoraConfig | undefined;
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
 * JSON, a file of another size than was written, with its name and byte, or of another content: each has its
 * SHA-256 in checkpoint.json, but for checkpoints older than that), `model/safetensors-…`,
 * `model/index-invalid` or `model/parameters-mismatch`. Where somebody else trains on meanwhile and deletes
 * what is being read, the newer one is read instead.
 */
export async function loadCheckpoint(
  store: ArtifactStore,
  prefix: string,
  which: 'latest' | 'best' = 'latest',
): Promise<Checkpoint> {
  const pointer = `${prefix}/${which}.json`;
  if (which === 'latest' && !(await store.has(pointer))) return loadFolder(store, prefix);
  for (let folder = await pointedTo(store, pointer); ; ) {
    try {
      return await loadFolder(store, `${prefix}/${folder}`);
    } catch (error) {
      const now = await pointedTo(store, pointer);
      if (now === folder) throw error;
      folder = now;
    }
  }
}

async function loadFolder(store: ArtifactStore, folder: string): Promise<Checkpoint> {
  const manifest = await readJson(store, `${folder}/checkpoint.json`, manifestKind);
  const files = new VerifiedFiles(store, folder, manifest.files ?? {});
  await files.checkSizes();
  const configText = new TextDecoder().decode(await files.read('config.json'));
  const config = fromHuggingFaceConfig(configText, `${folder}/config.json`);
  const tokenizerFiles: Record<string, Uint8Array> = {};
  for (const name of namesOf(manifest.tokenizerFiles)) tokenizerFiles[name] = await files.read(name);
  await files.readOthers((name) => name === 'config.json' || name in tokenizerFiles || isWeightFile(name));
  const lora = (manifest.lora ?? undefined) as LoraConfig | undefined;
  const weights = await openWeights(store, folder, lora === undefined ? 'model' : 'adapter');
  const parameters =
    lora === undefined
      ? await readParameters(config, familyOf(config), weights, `${folder}/model.safetensors`, files.hear)
      : await weights.read(undefined, files.hear);
  const optimizerState: Map<string, NamedTensor> = files.some('optimizer')
    ? await (await openWeights(store, folder, 'optimizer')).read(undefined, files.hear)
    : new Map();
  files.checkHeard();
  const stepsTaken = Number(manifest.stepsTaken);
  if (!Number.isSafeInteger(stepsTaken) || stepsTaken < 0)
    throw invalid(`${folder}/checkpoint.json`, `its stepsTaken is ${JSON.stringify(manifest.stepsTaken)}`, 0);
  return {
    config,
    snapshot: { stepsTaken, parameters, optimizerState },
    lora,
    tokenizerFiles,
    specialTokens: readSpecialTokens(parseConfig(configText, `${folder}/config.json`)),
    metadata: (manifest.metadata ?? {}) as Readonly<Record<string, JsonValue>>,
    feedPosition: (manifest.feedPosition ?? undefined) as unknown as FeedPosition | undefined,
  };
}

/** Files that are read in pieces. */
const isWeightFile = (name: string): boolean =>
  /^(model|adapter|optimizer)(-[\d-]+of-\d+)?\.safetensors$/.test(name);

function namesOf(value: JsonValue | undefined): string[] {
  const isName = (name: JsonValue): name is string =>
    typeof name === 'string' && !name.split('/').includes('..');
  return Array.isArray(value) ? value.filter(isName) : [];
}
