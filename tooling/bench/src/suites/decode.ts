/**
 * Sampling from one model: against Hugging Face generate, transformers.js and llama.cpp on the same weights,
 * many rows together against one, one row against what reading its weights takes, and rows that end early
 * right after an update of the parameters, as reinforcement learning has them. All take turns for some
 * rounds, and the best of each counts, by the clock and in processor time, so that a busy machine does not
 * decide. BENCH_THREADS (default 2); BENCH_DECODE_SIZES is a list of `5M` and `30M` (default both).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { Graph, matMul, reduceMax, serializeOnnx } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import {
  createModelConfig,
  createTransformer,
  type ModelConfig,
  parameterCount,
  type Transformer,
} from '@llm/model';
import { exportOnnx } from '@llm/model/export';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { llamaCppRates } from '../peers/llama-cpp.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { openTransformersJs } from '../peers/transformers-js.js';
import { type BenchRow, benchRow } from '../row.js';
import { better, measureSampling, type Sampling } from '../sampling.js';

const threads = Number(process.env.BENCH_THREADS ?? 2);
const rounds = 2;
const prompt = 16;
const newTokens = 64;
const manyRows = 64;

const configs: Readonly<Record<string, ModelConfig>> = {
  '5M': createModelConfig({ depth: 4, width: 256, vocabularySize: 4096, contextLength: 256 }),
  '30M': createModelConfig({ depth: 8, width: 512, vocabularySize: 4096, contextLength: 256 }),
};

export async function decodeSuite(): Promise<BenchRow[]> {
  const sizes = (process.env.BENCH_DECODE_SIZES ?? Object.keys(configs).join(',')).split(',');
  const rows: BenchRow[] = [];
  for (const size of sizes) {
    const config = configs[size];
    if (config === undefined)
      throw new Error(`BENCH_DECODE_SIZES: "${size}" is none of ${Object.keys(configs).join(', ')}.`);
    rows.push(...(await measure(config)));
  }
  return rows;
}

type Measured = Readonly<Record<string, Sampling | undefined>>;

async function measure(config: ModelConfig): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  const store = new DirectoryStore(directory);
  const model = await createTransformer({ config, executor: createNodeExecutor({ threads }) });
  const parameters = await model.mergedParameters();
  await exportHuggingFace(store, 'model', { config, parameters });
  await exportOnnx(store, 'model', { config, parameters, dtypes: ['fp32'] });
  const run = { prompt, newTokens, threads };
  const javaScript = await openTransformersJs(directory, run);
  let python = '';
  let llama = { version: '', note: '' };

  const contestants: readonly (() => Promise<Measured>)[] = [
    async () => ({ one: await sample(model, 1), greedy: await sample(model, 1, 0) }),
    async () => ({ 'js one': await javaScript.sample(false), 'js greedy': await javaScript.sample(true) }),
    async () => ({ many: await sample(model, manyRows), ragged: await afterUpdate(model) }),
    async () => ({ weights: await readingWeights(config) }),
    async () => {
      const options = { directory: join(directory, 'model'), rows: [1, manyRows], ...run };
      const peer = runPythonPeer<{ version: string; rates: Measured }>('generate.py', options);
      python = peer?.version ?? '';
      return { 'python one': peer?.rates['1'], 'python many': peer?.rates[manyRows] };
    },
    async () => {
      const file = join(directory, 'model.gguf');
      const peer = llamaCppRates({ config, parameters, file, rows: [1, manyRows], ...run });
      llama = peer;
      return { 'llama one': peer.rates['1'], 'llama many': peer.rates[manyRows] };
    },
  ];
  const best: Record<string, Sampling | undefined> = {};
  for (let round = 0; round < rounds; round++)
    for (const contestant of contestants)
      for (const [name, sampling] of Object.entries(await contestant()))
        best[name] = better(best[name], sampling);
  await model.dispose();
  rmSync(directory, { recursive: true });

  const size = `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, prompts of ${prompt}, ${newTokens} new tokens, float32, ${threads} threads`;
  const compare = (what: string, ours: string, peerName: string, theirs: string, note = ''): BenchRow[] => {
    const common = { suite: 'decode', case: `${what}, ${size}`, peerName };
    const missing = best[theirs] === undefined && note !== '' ? { note } : {};
    return [
      benchRow({
        ...common,
        ...missing,
        metric: 'sampling rate',
        unit: 'tokens/s',
        ours: best[ours]!.rate,
        peer: best[theirs]?.rate ?? null,
        higherIsBetter: true,
      }),
      benchRow({
        ...common,
        ...missing,
        metric: 'processor time per token',
        unit: 'ms',
        ours: best[ours]!.processorTime,
        peer: best[theirs]?.processorTime ?? null,
        higherIsBetter: false,
      }),
    ];
  };
  const hugging = `Hugging Face generate ${python}`.trim();
  const javaScriptName = `transformers.js ${javaScript.version}`;
  const llamaName = `llama.cpp f32 (node-llama-cpp ${llama.version})`;
  return [
    ...compare('1 row', 'one', javaScriptName, 'js one'),
    ...compare('1 row, greedy', 'greedy', javaScriptName, 'js greedy'),
    ...compare('1 row', 'one', llamaName, 'llama one', llama.note),
    ...compare('1 row', 'one', hugging, 'python one', installPeers),
    ...compare('1 row', 'one', 'one product with as many weights', 'weights'),
    ...compare(`${manyRows} rows`, 'many', 'ours, 1 row', 'one'),
    ...compare(`${manyRows} rows`, 'many', llamaName, 'llama many', llama.note),
    ...compare(`${manyRows} rows`, 'many', hugging, 'python many', installPeers),
    ...compare(
      `${manyRows} rows that end after ${newTokens} tokens on average, right after a training step`,
      'ragged',
      `ours, ${manyRows} rows of ${newTokens} tokens, parameters unchanged`,
      'many',
    ),
  ];
}

function prompts(config: ModelConfig, rows: number): Int32Array[] {
  return Array.from({ length: rows }, (_, row) =>
    Int32Array.from({ length: prompt }, (_, i) => (row * prompt + i) % config.vocabularySize),
  );
}

function sample(model: Transformer, rows: number, temperature = 1): Promise<Sampling> {
  return measureSampling(3, async (seed) => {
    await model.generate(prompts(model.config, rows), { maxNewTokens: newTokens, temperature, seed });
    return rows * newTokens;
  });
}

/** Every token has the same chance to end a row: lengths are geometric, up to three times their mean. */
async function afterUpdate(model: Transformer): Promise<Sampling> {
  const { config } = model;
  const stopTokens = Array.from({ length: config.vocabularySize / newTokens }, (_, i) => i);
  const ids = Int32Array.of(1, 2);
  const batch = {
    rows: 1,
    columns: 2,
    inputs: ids,
    targets: ids,
    weights: new Float32Array(2),
    normalizer: 2,
  };
  let best: Sampling | undefined;
  for (let seed = 0; seed < 4; seed++) {
    await model.trainStep(batch, { learningRate: 1e-9 });
    const measured = await measureSampling(
      1,
      async () => {
        const options = { maxNewTokens: 3 * newTokens, seed, stopTokens };
        const completions = await model.generate(prompts(config, manyRows), options);
        return completions.reduce((sum, completion) => sum + completion.ids.length, 0);
      },
      0,
    );
    if (seed > 0) best = better(best, measured);
  }
  return best!;
}

/** What the weights cost at least: a vector times one matrix with as many numbers. */
async function readingWeights(config: ModelConfig): Promise<Sampling> {
  const { width, vocabularySize } = config;
  const columns = Math.ceil((parameterCount(config) - vocabularySize * width) / width);
  const graph = new Graph();
  const matrix = graph.constant(new Float32Array(width * columns).fill(1e-3), [width, columns]);
  graph.output('greatest', reduceMax(matMul(graph.input('x', 'float32', [1, width]), matrix), 1));
  const session = await createNodeExecutor({ threads }).createSession(serializeOnnx(graph));
  const x = { type: 'float32', shape: [1, width], data: new Float32Array(width) } as const;
  const measured = await measureSampling(3, async () => {
    for (let i = 0; i < newTokens; i++) await session.run({ x });
    return newTokens;
  });
  await session.dispose();
  return measured;
}
