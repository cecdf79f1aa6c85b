/** What `train.py` of a torchrun folder made of a run, as a checkpoint that training here goes on from. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkNumbers, type NamedTensor } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { LearningRateSchedule } from '@llm/core/training';
import type { Checkpoint } from '../../checkpoint/load-checkpoint.js';
import type { BatchFeedOptions } from '../../feed/batch-feed.js';
import { importHuggingFace } from '../../hugging-face/import-model.js';
import { type AdamWOptions, adamW } from '../../optimizers/adamw.js';
import { type MuonOptions, muon } from '../../optimizers/muon.js';
import type { Optimizer } from '../../optimizers/optimizer.js';
import { openWeights } from '../../weights/weight-files.js';
import { importMoments } from './moments.js';
import { readState, type TorchrunState } from './torchrun-state.js';

/** A checkpoint for `saveCheckpoint` or `createTransformer`, and what the run is trained with. */
export interface TorchrunCheckpoint extends Checkpoint {
  readonly optimizer: Optimizer;
  readonly feed: BatchFeedOptions;
  readonly schedule: LearningRateSchedule;
  /** Of the whole training. */
  readonly steps: number;
}

/**
 * Reads the newest checkpoint of a torchrun folder, the run as it was exported where there is none yet, or
 * the checkpoint that `directory` itself is. Throws `model/torchrun-invalid`, and what `importHuggingFace`
 * throws.
 */
export async function importTorchrun(directory: string): Promise<TorchrunCheckpoint> {
  const folder = await newest(directory);
  const state = await readState(join(folder, 'state.json'));
  const store = new DirectoryStore(folder);
  const { config, parameters, tokenizerFiles, specialTokens } = await importHuggingFace(store, 'model');
  const optimizer = optimizerOf(state);
  const hasMoments = (await store.list('optimizer')).some((key) =>
    /\.safetensors(\.index\.json)?$/.test(key),
  );
  const moments: ReadonlyMap<string, NamedTensor> = hasMoments
    ? await (await openWeights(store, '', 'optimizer')).read()
    : new Map();
  const { seedText, ...feed } = state.feed;
  const from = join(folder, 'optimizer.safetensors');
  const optimizerState = importMoments(config, optimizer, moments, from);
  return {
    config,
    snapshot: { stepsTaken: state.stepsTaken, parameters, optimizerState },
    tokenizerFiles,
    specialTokens,
    metadata: {},
    feedPosition: state.position,
    optimizer,
    feed,
    schedule: state.schedule,
    steps: state.steps,
  };
}

async function newest(directory: string): Promise<string> {
  const checkpoints = join(directory, 'checkpoints');
  const names = await readdir(checkpoints).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  // The script gives a folder this name when it is whole.
  const last = names
    .filter((name) => /^step-\d{8}$/.test(name))
    .sort()
    .at(-1);
  return last === undefined ? directory : join(checkpoints, last);
}

/** Throws `core/option-invalid` for numbers that no optimizer has. */
function optimizerOf({ optimizer: { name, options } }: TorchrunState): Optimizer {
  const maximumGradientNorm = (options.maximumGradientNorm as number | null) ?? Number.POSITIVE_INFINITY;
  const positive = { minimum: 0 };
  const numbers = { epsilon: positive, weightDecay: positive, momentum: positive, iterations: positive };
  checkNumbers(options, numbers);
  return name === 'muon'
    ? muon({ ...(options as MuonOptions), maximumGradientNorm })
    : adamW({ ...(options as AdamWOptions), maximumGradientNorm });
}
