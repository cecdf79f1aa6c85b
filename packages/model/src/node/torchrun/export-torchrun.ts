/**
 * A training run, handed on to PyTorch: a folder with the model, the optimizer's moments, the position of the
 * feed, the tokens, and scripts that go on with them under `torchrun` on as many machines as there are. The
 * next batch there is the next batch here, to the bit; the losses agree within the rounding of float32.
 */
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { checkNumbers, LlmError, type TrainingSnapshot } from '@llm/core';
import { DirectoryStore, writeFileAtomic } from '@llm/core/node';
import type { LearningRateSchedule } from '@llm/core/training';
import { type BatchFeedOptions, type FeedPosition, PackedBatchFeed } from '../../feed/batch-feed.js';
import { exportHuggingFace } from '../../hugging-face/export-model.js';
import type { ModelFilesOptions } from '../../hugging-face/model-files.js';
import type { Optimizer } from '../../optimizers/optimizer.js';
import { checkParameters } from '../../weights/check-parameters.js';
import { writeWeights } from '../../weights/weight-files.js';
import { openTokenShards } from '../token-shards/open-token-shards.js';
import { writeMegatronTokens } from './megatron-tokens.js';
import { exportMoments } from './moments.js';
import { parameterGroups } from './parameter-groups.js';
import { writeScripts } from './script-files.js';
import type { TorchrunState } from './torchrun-state.js';

export interface TorchrunOptions extends ModelFilesOptions {
  /** Of a model without adapters. */
  readonly snapshot: TrainingSnapshot;
  /** `adamW(…)` or `muon(…)` as the model was trained with. */
  readonly optimizer: Optimizer;
  /** Directory of the token shards. */
  readonly shards: string;
  /** As the feed was opened with. */
  readonly feed: BatchFeedOptions;
  /** Where the feed stood, from the checkpoint. Default: after a batch for every step that was taken. */
  readonly feedPosition?: FeedPosition | undefined;
  /** Steps of the whole training, those taken among them. */
  readonly steps: number;
  /** Runs over `steps` where it does not say otherwise. */
  readonly schedule: LearningRateSchedule;
  /** Rows of one process that pass through the model at once; more are accumulated. Default: all. */
  readonly rowsAtOnce?: number | undefined;
  /** Steps between checkpoints. Default 1000. */
  readonly saveEvery?: number | undefined;
  /** Write the tokens a second time as `.bin` and `.idx` of Megatron-LM. Default true. */
  readonly megatron?: boolean | undefined;
}

/**
 * Replaces the run that `directory` holds, its checkpoints too. Throws `model/directory-taken` when it holds
 * something else; `model/export-unsupported` when no family of Hugging Face computes the configuration, for
 * another optimizer, and for documents kept separate in a model whose attention has a window;
 * `model/parameters-mismatch`, `model/feed-position-mismatch`, `model/token-shards-invalid` and
 * `core/option-invalid`. Nothing is written then.
 */
export async function exportTorchrun(directory: string, options: TorchrunOptions): Promise<void> {
  const { config, snapshot, optimizer, feed, steps, rowsAtOnce, saveEvery = 1000, megatron = true } = options;
  const count = { minimum: 1, integer: true };
  checkNumbers({ steps, rowsAtOnce, saveEvery }, { steps: count, rowsAtOnce: count, saveEvery: count });
  if (typeof options.schedule === 'function')
    throw new LlmError({
      code: 'model/export-unsupported',
      message:
        'A schedule that is a function cannot go on in PyTorch. Give one of a shape: constant, cosine or trapezoid.',
    });
  if (feed.separateDocuments && config.attentionWindow !== undefined)
    throw new LlmError({
      code: 'model/export-unsupported',
      message:
        'Documents kept separate in a model whose attention has a window cannot go on in PyTorch: transformers takes one mask or the other. Train with separateDocuments: false.',
    });
  if (`${resolve(options.shards)}${sep}`.startsWith(`${resolve(directory)}${sep}`))
    throw new LlmError({
      code: 'core/option-invalid',
      message: `The shards in ${options.shards} lie inside ${directory}, which is written anew. Export to another directory.`,
      details: { option: 'shards' },
    });
  checkParameters(config, snapshot.parameters, 'the snapshot');
  const groups = parameterGroups(config, optimizer);
  const shards = await openTokenShards(options.shards);
  try {
    const { bosToken, lookahead = 1000, remainder = 'continue', separateDocuments = false } = feed;
    const batches = new PackedBatchFeed(shards, feed, options.feedPosition);
    if (options.feedPosition === undefined) batches.skip(snapshot.stepsTaken);
    const { position } = batches;
    const { maximumGradientNorm } = optimizer;
    const { shape, peak, warmUpSteps = 0, warmDownShare = 0.65, finalShare = 0.05 } = options.schedule;
    const state: TorchrunState = {
      kind: 'llm-torchrun-state',
      version: 1,
      stepsTaken: snapshot.stepsTaken,
      steps,
      schedule: {
        shape,
        peak,
        steps: options.schedule.steps ?? steps,
        warmUpSteps,
        warmDownShare,
        finalShare,
      },
      optimizer: {
        name: optimizer.name as 'adamw' | 'muon',
        options: optimizer.options as Readonly<Record<string, unknown>>,
        maximumGradientNorm: Number.isFinite(maximumGradientNorm) ? maximumGradientNorm : null,
        groups,
      },
      feed: {
        rows: feed.rows,
        columns: feed.columns,
        seed: feed.seed,
        seedText: String(feed.seed),
        bosToken,
        lookahead,
        remainder,
        separateDocuments,
      },
      position,
      rowsAtOnce: rowsAtOnce ?? null,
      saveEvery,
    };
    const store = new DirectoryStore(directory);
    await mkdir(directory, { recursive: true });
    await checkDirectory(directory);
    await writeScripts(directory);
    // From here on there is no run until the new one is whole.
    for (const name of ['state.json', 'checkpoints', 'metrics.jsonl', 'model', 'tokens', 'megatron'])
      await rm(join(directory, name), { recursive: true, force: true });
    for (const key of await store.list('optimizer'))
      if (key.includes('.safetensors')) await store.delete(key);
    await exportHuggingFace(store, 'model', { ...options, parameters: snapshot.parameters });
    if (snapshot.optimizerState.size > 0)
      await writeWeights(store, '', 'optimizer', exportMoments(config, snapshot.optimizerState));
    await copyShards(options.shards, join(directory, 'tokens'), [
      'tokens.json',
      ...shards.manifest.shards.flatMap(({ name }) => [`${name}.ids`, `${name}.ends`]),
    ]);
    if (megatron) {
      await mkdir(join(directory, 'megatron'));
      await writeMegatronTokens(join(directory, 'megatron', 'tokens'), shards, bosToken);
    }
    await writeFileAtomic(join(directory, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
  } finally {
    shards.close();
  }
}

/** The scripts come first: without them what lies there is somebody else's. */
async function checkDirectory(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.length === 0 || names.includes('train.py')) return;
  throw new LlmError({
    code: 'model/directory-taken',
    message: `${directory} holds other things than an exported run (${names[0]}). Export to a new directory.`,
    details: { directory },
  });
}

async function copyShards(from: string, to: string, names: readonly string[]): Promise<void> {
  await mkdir(to);
  for (const name of names) await cp(join(from, name), join(to, name));
}
