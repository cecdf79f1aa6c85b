/**
 * `real-model-run.ts OPTIONS`: one process that loads a GGUF file, generates from it and prints what it took
 * as JSON. A process of its own, because the peak of resident memory and the time to the first token are
 * those of a process.
 */
import { readFileSync } from 'node:fs';
import { createNodeExecutor } from '@llm/graph/node';
import { createTransformer, quantizeParameters } from '@llm/model';
import { type ByteSource, importGguf } from '@llm/model/gguf';
import { fileSource } from '@llm/model/node';

export interface RealModelOptions {
  /** Path of the GGUF file. */
  readonly file: string;
  /** `stored`: as the file has them. */
  readonly weights: 'stored' | 'float32' | 'q8' | 'q4';
  readonly prompt: number;
  readonly newTokens: number;
  readonly rows: number;
  readonly threads: number;
}

export interface RealModelResult {
  /** Tokens per second of all rows together, at its best of three. */
  readonly decode: number;
  readonly prefill: number;
  /** From the beginning of the process, after a prompt of 16. */
  readonly firstTokenSeconds: number;
  readonly peakMegabytes: number;
}

async function measure(options: RealModelOptions): Promise<RealModelResult> {
  const { file, weights, newTokens, threads } = options;
  const source = await fileSource(file);
  const { config, parameters } = await load(source, weights);
  const model = await createTransformer({ config, parameters, executor: createNodeExecutor({ threads }) });
  const prompts = (rows: number, length: number): Int32Array[] =>
    Array.from({ length: rows }, (_, row) =>
      Int32Array.from({ length }, (__, i) => (row * 7919 + i * 613) % config.vocabularySize),
    );
  const seconds = async (rows: number, prompt: number, maxNewTokens: number): Promise<number> => {
    const begun = performance.now();
    await model.generate(prompts(rows, prompt), { maxNewTokens, temperature: 0 });
    return (performance.now() - begun) / 1000;
  };
  await seconds(1, 16, 1);
  const firstTokenSeconds = performance.now() / 1000;
  const best = async (rows: number, prompt: number, tokens: number): Promise<number> =>
    Math.min(
      await seconds(rows, prompt, tokens),
      await seconds(rows, prompt, tokens),
      await seconds(rows, prompt, tokens),
    );
  const prefill = options.prompt / (await best(1, options.prompt, 1));
  // As llama-bench: from an empty cache, the prompt not counted.
  const decode = (options.rows * newTokens) / (await best(options.rows, 1, newTokens));
  await model.dispose();
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  return { decode, prefill, firstTokenSeconds, peakMegabytes: Number(peak?.[1] ?? Number.NaN) / 1000 };
}

async function load(source: ByteSource, weights: RealModelOptions['weights']) {
  if (weights === 'float32') return importGguf(source);
  const { config, parameters } = await importGguf(source, { quantized: true });
  return { config, parameters: weights === 'stored' ? parameters : quantizeParameters(parameters, weights) };
}

console.log(JSON.stringify(await measure(JSON.parse(process.argv[2]!) as RealModelOptions)));
