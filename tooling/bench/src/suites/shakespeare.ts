/**
 * Time to a validation loss of 1.88 nats per character on tiny Shakespeare, evaluation included: our model
 * and optimizer against nanoGPT's published CPU recipe (4 layers, width 128, windows of 64, batch 12, 2,000
 * iterations), run from a checkout in `.peers/nanoGPT`. Ours trains a number of steps fixed beforehand and is
 * then evaluated on the whole validation split; nanoGPT's time is that of its whole loop, evaluated on
 * samples every 250 iterations. Start-up of both is left out.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { createRandom } from '@llm/core';
import { learningRateAt } from '@llm/core/training';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, muon, parameterCount, type Transformer } from '@llm/model';
import { python } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const threads = Number(process.env.BENCH_THREADS ?? 2);
const goal = 1.88;
const steps = 240;
const rows = 12;
const columns = 64;
const checkout = fileURLToPath(new URL('../../../../.peers/nanoGPT', import.meta.url));

export async function shakespeareSuite(): Promise<BenchRow[]> {
  const path = sharedDataPath('text-shakespeare/input.txt.gz');
  if (path === undefined) return [];
  const text = gunzipSync(readFileSync(path)).toString('utf8');
  const ours = await train(text);
  const peer = existsSync(checkout) ? await runNanoGpt(text) : undefined;
  const reached =
    ours.loss <= goal ? '' : ` (not reached: ${ours.loss.toFixed(3)} after ${ours.steps} steps)`;
  return [
    benchRow({
      suite: 'shakespeare',
      case: `validation loss ${goal}${reached}: ours ${ours.loss.toFixed(3)} after ${ours.steps} steps of ${rows} × ${columns} (${ours.parameters} parameters, Muon), ${threads} threads`,
      metric: 'wall time of training and evaluation',
      unit: 's',
      ours: ours.seconds,
      peerName: peer ? `nanoGPT, PyTorch: ${peer.loss.toFixed(3)} after 2000 iterations` : 'nanoGPT',
      peer: peer?.seconds ?? null,
      higherIsBetter: false,
      ...(peer
        ? {}
        : { note: 'git clone https://github.com/karpathy/nanoGPT .peers/nanoGPT, and npm run bench:peers' }),
    }),
  ];
}

interface Report {
  readonly seconds: number;
  readonly loss: number;
}

async function train(text: string): Promise<Report & { steps: number; parameters: number }> {
  const characters = [...new Set(text)].sort();
  const ids = Int32Array.from(text, (character) => characters.indexOf(character));
  const cut = Math.floor(ids.length * 0.9);
  const training = ids.subarray(0, cut);
  const validation = ids.subarray(cut);
  const config = createModelConfig({
    depth: 3,
    width: 128,
    heads: 4,
    vocabularySize: characters.length,
    contextLength: columns,
    residualScalars: true,
    smear: true,
  });
  const model = await createTransformer({
    config,
    executor: createNodeExecutor({ threads }),
    optimizer: muon(),
  });
  // Compiled before the clock starts, as PyTorch is imported before it.
  await validationLoss(model, validation, 64);
  const random = createRandom(1, 'windows');
  const schedule = { shape: 'trapezoid', peak: 0.01, steps, warmUpSteps: 10 } as const;
  const weights = new Float32Array(rows * columns).fill(1);
  const begun = performance.now();
  for (let step = 0; step < steps; step++) {
    const starts = Array.from({ length: rows }, () => random.integer(training.length - columns - 1));
    await model.trainStep(
      { ...windows(training, starts), weights, normalizer: rows * columns },
      { learningRate: learningRateAt(schedule, step) },
    );
  }
  const loss = await validationLoss(model, validation, Number.POSITIVE_INFINITY);
  const seconds = (performance.now() - begun) / 1000;
  await model.dispose();
  return { seconds, loss, steps, parameters: parameterCount(config) };
}

function windows(from: Int32Array, starts: readonly number[]) {
  const inputs = new Int32Array(starts.length * columns);
  const targets = new Int32Array(starts.length * columns);
  starts.forEach((start, row) => {
    inputs.set(from.subarray(start, start + columns), row * columns);
    targets.set(from.subarray(start + 1, start + columns + 1), row * columns);
  });
  return { rows: starts.length, columns, inputs, targets };
}

/** Mean negative log-likelihood over the split's windows side by side, at most `limit` of them. */
async function validationLoss(model: Transformer, split: Int32Array, limit: number): Promise<number> {
  const batch = 64;
  const count = Math.min(limit, Math.floor((split.length - 1) / columns / batch) * batch);
  let sum = 0;
  for (let first = 0; first < count; first += batch) {
    const starts = Array.from({ length: batch }, (_, i) => (first + i) * columns);
    for (const logProbability of await model.logProbabilities(windows(split, starts))) sum -= logProbability;
  }
  return sum / (count * columns);
}

/** The recipe of nanoGPT's README for a computer without a GPU. */
async function runNanoGpt(text: string): Promise<Report | undefined> {
  writeFileSync(`${checkout}/data/shakespeare_char/input.txt`, text);
  await lines(['data/shakespeare_char/prepare.py'], () => {});
  let begun = 0;
  let ended = 0;
  let loss = Number.NaN;
  const options = {
    device: 'cpu',
    compile: 'False',
    eval_iters: 20,
    log_interval: 1,
    block_size: 64,
    batch_size: 12,
    n_layer: 4,
    n_head: 4,
    n_embd: 128,
    max_iters: 2000,
    lr_decay_iters: 2000,
    dropout: '0.0',
  };
  const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  await lines(['-u', 'train.py', 'config/train_shakespeare_char.py', ...flags], (line) => {
    if (line.includes('parameter tensors')) begun = performance.now();
    ended = performance.now();
    const evaluated = /val loss ([\d.]+)/.exec(line);
    if (evaluated) loss = Number(evaluated[1]);
  });
  return Number.isNaN(loss) ? undefined : { seconds: (ended - begun) / 1000, loss };
}

function lines(argumentsOfPython: readonly string[], onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(python, argumentsOfPython, {
      cwd: checkout,
      env: { ...process.env, OMP_NUM_THREADS: String(threads) },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    createInterface({ input: child.stdout }).on('line', onLine);
    child.on('close', () => resolve());
  });
}
