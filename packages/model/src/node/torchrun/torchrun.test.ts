// Slow: PyTorch starts two processes for each of its runs (ten seconds on two cores).
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRandom } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { learningRateAt } from '@llm/core/training';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModelConfig } from '../../config/create-model-config.js';
import type { ModelConfig } from '../../config/model-config.js';
import { type BatchFeedOptions, type FeedPosition, PackedBatchFeed } from '../../feed/batch-feed.js';
import { adamW } from '../../optimizers/adamw.js';
import { muon } from '../../optimizers/muon.js';
import type { Optimizer } from '../../optimizers/optimizer.js';
import { createTransformer, type Transformer } from '../../transformer.js';
import { openTokenShards } from '../token-shards/open-token-shards.js';
import { writeTokenShards } from '../token-shards/write-token-shards.js';
import { exportTorchrun } from './export-torchrun.js';
import { importTorchrun } from './import-torchrun.js';

const peers = fileURLToPath(new URL('../../../../../.peers/bin/python', import.meta.url));
const python = process.env.LLM_TORCH_PYTHON ?? (existsSync(peers) ? peers : undefined);
/** LLM_TORCH_BACKEND=nccl trains on the GPU that is there: NCCL takes one process a GPU. */
const backend = process.env.LLM_TORCH_BACKEND ?? 'gloo';
const processes = backend === 'nccl' ? '1' : '2';

/** Why PyTorch cannot be run, in its own words, or undefined. */
function torchMissing(): string | undefined {
  if (python === undefined) return 'set LLM_TORCH_PYTHON to one (or npm run bench:peers)';
  const needs = 'import numpy, safetensors, torch, transformers, torch.distributed as d';
  const checks =
    backend === 'nccl' ? '; assert torch.cuda.is_available() and d.is_nccl_available(), "no GPU"' : '';
  const { status, stderr, error } = spawnSync(python, ['-c', needs + checks], { encoding: 'utf8' });
  if (status === 0) return undefined;
  return `${python} has not: ${error?.message ?? stderr.trim().split('\n').at(-1)}`;
}

const missing = torchMissing();
if (missing !== undefined) {
  const reason = `training under torchrun (${backend}) needs a Python with torch, transformers, safetensors and numpy; ${missing}`;
  // Whoever names a Python or a backend wants it to be run.
  if (process.env.LLM_TORCH_PYTHON !== undefined || process.env.LLM_TORCH_BACKEND !== undefined)
    throw new Error(reason);
  process.stderr.write(`SKIPPED: ${reason}.\n`);
}

const executor = createNodeExecutor({ threads: 1 });
const tokenizer = new ByteTokenizer();
const shape = { vocabularySize: tokenizer.vocabularySize, contextLength: 32, depth: 2, width: 32, heads: 4 };
const configs = {
  'Llama with grouped queries': createModelConfig({
    ...shape,
    keyValueHeads: 2,
    feedForward: 'swiglu',
    queryKeyNormalization: 'none',
    family: 'llama',
  }),
  'Qwen3 with a tied head': createModelConfig({
    ...shape,
    keyValueHeads: 2,
    feedForward: 'swiglu',
    queryKeyNormalization: 'rms',
    tiedHead: true,
    family: 'qwen3',
  }),
  'GPT-2': createModelConfig({
    ...shape,
    feedForwardWidth: 128,
    feedForward: 'geluTanh',
    normalization: 'layer',
    queryKeyNormalization: 'none',
    positions: 'learned',
    attentionBias: true,
    feedForwardBias: true,
    tiedHead: true,
  }),
} satisfies Record<string, ModelConfig>;

const feed: BatchFeedOptions = { rows: 4, columns: 32, seed: 7, bosToken: 256, lookahead: 8 };
const [exported, saved, end] = [5, 10, 15];
const schedule = { shape: 'trapezoid', peak: 3e-3, steps: 20, warmUpSteps: 2 } as const;

let directory: string;
let shards: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'llm-torchrun-'));
  shards = join(directory, 'shards');
  const words = ['the', 'river', 'runs', 'past', 'a', 'mill', 'and', 'never', 'asks', 'why'];
  const random = createRandom(3);
  const documents = Array.from({ length: 60 }, () =>
    Array.from({ length: 1 + random.integer(40) }, () => random.pick(words)).join(' '),
  );
  await writeTokenShards(shards, { tokenizer, documents, shardTokens: 1000 });
});
afterAll(() => rm(directory, { recursive: true }));

/** Losses of the steps up to `until`, and where the feed stands then. */
async function trainHere(
  model: Transformer,
  options: BatchFeedOptions,
  position: FeedPosition | undefined,
  until: number,
): Promise<{ losses: number[]; position: FeedPosition }> {
  const opened = await openTokenShards(shards);
  const batches = new PackedBatchFeed(opened, options, position);
  const losses: number[] = [];
  while (model.stepsTaken < until) {
    const { batch } = await batches.next();
    const learningRate = learningRateAt(schedule, model.stepsTaken);
    losses.push((await model.trainStep(batch, { learningRate })).loss);
  }
  opened.close();
  return { losses, position: batches.position };
}

async function trainThere(folder: string, ...more: string[]): Promise<number[]> {
  const run = [
    '-m',
    'torch.distributed.run',
    '--standalone',
    '--nproc-per-node',
    processes,
    join(folder, 'train.py'),
  ];
  await promisify(execFile)(python!, [...run, '--backend', backend, ...more], {
    env: { ...process.env, OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1' },
  });
  const lines = (await readFile(join(folder, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { loss: number }).loss);
}

// Of the losses, in nats. Measured: at most 6e-7.
const tolerance = 1e-5;

function expectSame(actual: readonly number[], expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  for (const [step, loss] of actual.entries())
    expect(Math.abs(loss - expected[step]!), `${what}, step ${step}`).toBeLessThan(tolerance);
}

const optimizers: Record<string, Optimizer> = {
  adamw: adamW({ groups: { embedding: { rate: 2, betas: [0.8, 0.95] } } }),
  muon: muon(),
};

describe.skipIf(missing !== undefined)(
  'a run goes on in two processes of PyTorch as it would here, and back',
  () => {
    const cases = Object.entries(configs).flatMap(([name, config]) =>
      Object.keys(optimizers).flatMap((optimizer) =>
        [false, true].map((fsdp) => ({ name, config, optimizer, fsdp })),
      ),
    );
    test.each(cases)(
      '$name, $optimizer, FSDP $fsdp',
      async ({ name, config, optimizer: method, fsdp }) => {
        const optimizer = optimizers[method]!;
        const options = { ...feed, separateDocuments: name === 'GPT-2' && fsdp };
        const model = await createTransformer({ config, executor, optimizer, seed: 1 });
        const { position } = await trainHere(model, options, undefined, exported);
        const folder = join(directory, `${method} ${fsdp}`);
        const snapshot = await model.snapshot();
        await exportTorchrun(folder, {
          config,
          snapshot,
          optimizer,
          shards,
          feed: options,
          feedPosition: position,
          schedule,
          steps: end,
          rowsAtOnce: fsdp ? undefined : 1,
          saveEvery: 5,
        });
        const there = await trainThere(folder, '--keep', '0', ...(fsdp ? ['--fsdp'] : []));
        expectSame(there, (await trainHere(model, options, position, end)).losses, 'the same run here');

        await rm(join(folder, 'checkpoints', `step-000000${end}`), { recursive: true });
        const back = await importTorchrun(folder);
        expect(back.snapshot.stepsTaken).toBe(saved);
        const again = await createTransformer({ config: back.config, executor, optimizer: back.optimizer });
        await again.restore(back.snapshot);
        const here = await trainHere(again, back.feed, back.feedPosition, end);
        expectSame(here.losses, there.slice(saved - exported), 'back from there');
        await rm(folder, { recursive: true });
      },
      300_000,
    );
  },
);
