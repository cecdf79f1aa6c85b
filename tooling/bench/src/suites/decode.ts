/**
 * Sampling from one model: many rows together against one, against Hugging Face generate, transformers.js and llama.cpp on the same
 * weights. Best of three, so that a busy machine does not decide.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import {
  createModelConfig,
  createTransformer,
  exportHuggingFace,
  exportOnnx,
  parameterCount,
  type Transformer,
} from '@llm/model';
import { llamaCppRates } from '../peers/llama-cpp.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const threads = 2;
const promptLength = 16;
const newTokens = 64;
const config = createModelConfig({ depth: 4, width: 256, vocabularySize: 4096, contextLength: 128 });

export async function decodeSuite(): Promise<BenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  const store = new DirectoryStore(directory);
  const model = await createTransformer({ config, executor: createNodeExecutor({ threads }) });
  const parameters = await model.mergedParameters();
  await exportHuggingFace(store, 'model', { config, parameters });
  await exportOnnx(store, 'model', { config, parameters, dtypes: ['fp32'] });

  const one = await rate(model, 1);
  const many = await rate(model, 64);
  await model.dispose();
  const theirs = runPythonPeer<{ version: string; rates: Record<string, number> }>('generate.py', {
    directory: join(directory, 'model'),
    rows: [1, 64],
    prompt: promptLength,
    newTokens,
    threads,
  });
  const inLlamaCpp = llamaCppRates({
    config,
    parameters,
    file: join(directory, 'model.gguf'),
    rows: [1, 64],
    prompt: promptLength,
    newTokens,
    threads,
  });
  const inJavaScript = await transformersRate(directory);
  rmSync(directory, { recursive: true });

  const size = `${(parameterCount(config) / 1e6).toFixed(1)} M parameters, prompts of ${promptLength}, ${newTokens} new tokens, ${threads} threads`;
  const row = (
    rows: number,
    ours: number,
    peerName: string,
    peer: number | undefined,
    note: string,
  ): BenchRow =>
    benchRow({
      suite: 'decode',
      case: `${rows} rows, ${size}`,
      metric: 'sampling rate',
      unit: 'tokens/s',
      ours,
      peerName,
      peer: peer ?? null,
      higherIsBetter: true,
      ...(peer === undefined ? { note } : {}),
    });
  const llama = `llama.cpp f32 (node-llama-cpp ${inLlamaCpp.version})`;
  const python = `Hugging Face generate ${theirs?.version ?? ''}`.trim();
  return [
    row(64, many, 'ours, 1 row', one, ''),
    row(1, one, python, theirs?.rates['1'], installPeers),
    row(64, many, python, theirs?.rates['64'], installPeers),
    row(
      1,
      one,
      `transformers.js ${inJavaScript?.version ?? ''}`.trim(),
      inJavaScript?.rate,
      'npm install @huggingface/transformers',
    ),
    row(1, one, llama, inLlamaCpp.rates['1'], inLlamaCpp.note),
    row(64, many, llama, inLlamaCpp.rates['64'], inLlamaCpp.note),
  ];
}

export const run = decodeSuite;

async function rate(model: Transformer, rows: number): Promise<number> {
  const prompts = Array.from({ length: rows }, (_, row) =>
    Int32Array.from({ length: promptLength }, (_, i) => (row * promptLength + i) % config.vocabularySize),
  );
  let best = 0;
  for (let repeat = 0; repeat < 4; repeat++) {
    const begun = performance.now();
    await model.generate(prompts, { maxNewTokens: newTokens, seed: repeat });
    if (repeat > 0) best = Math.max(best, (rows * newTokens * 1000) / (performance.now() - begun));
  }
  return best;
}

async function transformersRate(directory: string): Promise<{ rate: number; version: string } | undefined> {
  try {
    const { AutoModelForCausalLM, env, Tensor } = await import('@huggingface/transformers');
    env.localModelPath = directory;
    env.allowRemoteModels = false;
    const model = await AutoModelForCausalLM.from_pretrained('model', {
      dtype: 'fp32',
      device: 'cpu',
      session_options: { intraOpNumThreads: threads },
    });
    const ids = BigInt64Array.from({ length: promptLength }, (_, i) => BigInt(i));
    const options = {
      inputs: new Tensor('int64', ids, [1, promptLength]),
      attention_mask: new Tensor('int64', new BigInt64Array(promptLength).fill(1n), [1, promptLength]),
      max_new_tokens: newTokens,
      do_sample: true,
      top_k: 0,
      eos_token_id: null,
    } as unknown as Parameters<typeof model.generate>[0];
    let best = 0;
    for (let repeat = 0; repeat < 4; repeat++) {
      const begun = performance.now();
      await model.generate(options);
      if (repeat > 0) best = Math.max(best, (newTokens * 1000) / (performance.now() - begun));
    }
    return { rate: best, version: env.version };
  } catch {
    return undefined;
  }
}
