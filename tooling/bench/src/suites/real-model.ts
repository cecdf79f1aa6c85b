/**
 * SmolLM2-135M-Instruct, 2 threads: decoding, prompts, memory and the time to the first token against
 * llama.cpp's llama-bench on the same file, and of the same weights in 8 and 4 bits; against transformers.js
 * and transformers on the same weights exported for them. BENCH_THREADS (default 2); BENCH_REAL_MODEL is
 * another GGUF file.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { realModelPath, smolLM2 } from '@llm/build/real-models';
import { DirectoryStore } from '@llm/core/node';
import { exportOnnx, ggufParts } from '@llm/model/export';
import { artifactSource, type ImportedGguf, importGguf } from '@llm/model/gguf';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { type LlamaBenchResult, llamaBench } from '../peers/llama-bench.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { openTransformersJs } from '../peers/transformers-js.js';
import type { RealModelOptions, RealModelResult } from '../real-model-run.js';
import { type BenchRow, benchRow } from '../row.js';
import type { Sampling } from '../sampling.js';

const threads = Number(process.env.BENCH_THREADS ?? 2);
const sizes = { prompt: 512, newTokens: 128, threads };
const installModel = 'bash tooling/oracles/install-smollm2.sh';

export async function realModelSuite(): Promise<BenchRow[]> {
  const file = process.env.BENCH_REAL_MODEL ?? realModelPath(smolLM2);
  if (file === undefined) {
    console.error(`real-model: no model; ${installModel}`);
    return [];
  }
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  try {
    return await measure(file, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function measure(file: string, directory: string): Promise<BenchRow[]> {
  const name = basename(file, '.gguf');
  const model = await importGguf(await artifactSource(new DirectoryStore(dirname(file)), basename(file)));
  const rows: BenchRow[] = [];
  const stored = run({ file, weights: 'stored', rows: 1, ...sizes });
  rows.push(...(await againstLlama(`${name}, its own file`, stored, file)));
  for (const [weights, dtype] of [
    ['q8', 'q8_0'],
    ['q4', 'q4_0'],
  ] as const) {
    const ours = run({ file, weights, rows: 1, ...sizes });
    const written = join(directory, `${dtype}.gguf`);
    writeGguf(written, model, dtype);
    rows.push(...(await againstLlama(`${name} in ${dtype}`, ours, written)));
    rows.push(await againstTransformersJs(`${name} in ${weights}`, ours, model, directory, weights));
  }
  const many = run({ file, weights: 'stored', rows: 16, ...sizes });
  const common = { suite: 'real-model', metric: 'decode', unit: 'tokens/s', higherIsBetter: true };
  const of = (what: string): string => `${what}, ${sizes.newTokens} new tokens, ${threads} threads`;
  rows.push(
    benchRow({
      ...common,
      case: of(`${name}, 16 rows`),
      ours: many.decode,
      peerName: 'ours, 1 row',
      peer: stored.decode,
    }),
    await againstTransformers(of(name), stored, model, directory),
  );
  return rows;
}

function run(options: RealModelOptions): RealModelResult {
  const script = fileURLToPath(new URL('../real-model-run.ts', import.meta.url));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=@llm/source', '--import', 'tsx', script, JSON.stringify(options)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${JSON.stringify(options)} failed: ${stderr}`);
  return JSON.parse(stdout) as RealModelResult;
}

function writeGguf(path: string, model: ImportedGguf, dtype: 'q8_0' | 'q4_0'): void {
  const { config, parameters, tokenizer, specialTokens } = model;
  writeFileSync(path, '');
  for (const part of ggufParts({ config, parameters, tokenizer, specialTokens, dtype }))
    writeFileSync(path, part, { flag: 'a' });
}

async function againstLlama(what: string, ours: RealModelResult, file: string): Promise<BenchRow[]> {
  const peer = await llamaBench(file, sizes);
  const metrics: readonly (readonly [keyof LlamaBenchResult, string, string, boolean])[] = [
    ['decode', `decode of ${sizes.newTokens} tokens`, 'tokens/s', true],
    ['prefill', `prompt of ${sizes.prompt} tokens`, 'tokens/s', true],
    ['peakMegabytes', 'peak resident memory', 'MB', false],
    ['firstTokenSeconds', 'from the start to the first token', 's', false],
  ];
  return metrics.map(([key, metric, unit, higherIsBetter]) =>
    benchRow({
      suite: 'real-model',
      case: `${what}, 1 row, ${threads} threads`,
      metric,
      unit,
      ours: ours[key],
      peerName: 'llama-bench',
      peer: peer?.[key] ?? null,
      higherIsBetter,
      note: peer === undefined ? installPeers : undefined,
    }),
  );
}

async function againstTransformersJs(
  what: string,
  ours: RealModelResult,
  { config, parameters }: ImportedGguf,
  directory: string,
  dtype: 'q8' | 'q4',
): Promise<BenchRow> {
  await exportOnnx(new DirectoryStore(directory), 'model', { config, parameters, dtypes: [dtype] });
  const peer = await openTransformersJs(directory, { ...sizes, prompt: 1, dtype });
  const { rate } = await peer.sample(true);
  return benchRow({
    suite: 'real-model',
    case: `${what}, 1 row, ${threads} threads`,
    metric: `decode of ${sizes.newTokens} tokens`,
    unit: 'tokens/s',
    ours: ours.decode,
    peerName: `transformers.js ${peer.version}`,
    peer: rate,
    higherIsBetter: true,
  });
}

async function againstTransformers(
  what: string,
  ours: RealModelResult,
  { config, parameters }: ImportedGguf,
  directory: string,
): Promise<BenchRow> {
  await exportHuggingFace(new DirectoryStore(directory), 'python', { config, parameters });
  const options = { directory: join(directory, 'python'), rows: [1], ...sizes, prompt: 1 };
  const peer = runPythonPeer<{ version: string; rates: Readonly<Record<string, Sampling>> }>(
    'generate.py',
    options,
  );
  return benchRow({
    suite: 'real-model',
    case: `${what}, weights as stored beside float32`,
    metric: `decode of ${sizes.newTokens} tokens`,
    unit: 'tokens/s',
    ours: ours.decode,
    peerName: `transformers ${peer?.version ?? ''}`.trim(),
    peer: peer?.rates['1']?.rate ?? null,
    higherIsBetter: true,
    note: peer === undefined ? installPeers : undefined,
  });
}
