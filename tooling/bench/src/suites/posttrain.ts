/**
 * GRPO and SFT steps against TRL on the same model, prompts and sizes: 16 prompts × 16 answers of at most 40
 * tokens, of a model of random weights (all 40 tokens long) and of one that was taught to answer sums; packed
 * rows of SFT with AdamW and Muon. With BENCH_POSTTRAIN_MODEL=FILE.gguf also SFT, DPO and GRPO of that model
 * with LoRA, against TRL + PEFT. Ours and the peer's processes alternate, the best step of each counts.
 * BENCH_THREADS (default 2); BENCH_POSTTRAIN is a list of cases (default all): see `caseNames`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readModel } from '@llm/assistant/node';
import { createRandom, type Random, textMessage } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createModelConfig, createTransformer, type ModelConfig, parameterCount } from '@llm/model';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { fineTune } from '@llm/sft';
import {
  type BpeTokenizer,
  chatSpecialTokens,
  chatTemplate,
  createTemplateRenderer,
  toTokenizerJson,
  trainTokenizer,
  writeTokenizerConfig,
} from '@llm/tokenizer';
import { installPeers, runPythonPeer } from '../peers/python.js';
import type { PosttrainResult, PosttrainTask } from '../posttrain-run.js';
import { type BenchRow, benchRow } from '../row.js';

const threads = Number(process.env.BENCH_THREADS ?? 2);
const rounds = Number(process.env.BENCH_ROUNDS ?? 2);
const runner = fileURLToPath(new URL('../posttrain-run.ts', import.meta.url));

type Row = PosttrainTask['rows'][number];

const caseNames = ['grpo-random-1M', 'grpo-real-1M', 'grpo-real-5M', 'sft-1M', 'sft-5M', 'lora'] as const;

export async function posttrainSuite(): Promise<BenchRow[]> {
  const chosen = (process.env.BENCH_POSTTRAIN ?? caseNames.join(',')).split(',');
  const unknown = chosen.find((name) => !(caseNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new Error(`BENCH_POSTTRAIN: "${unknown}" is none of ${caseNames.join(', ')}.`);
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-posttrain-'));
  const rows: BenchRow[] = [];
  try {
    for (const name of chosen) rows.push(...(await measure(name, directory)));
  } finally {
    rmSync(directory, { recursive: true });
  }
  return rows;
}

const small = { threads, steps: 6, batchRows: 16, columns: 256, prompts: 16, samples: 16, maxNewTokens: 40 };

async function measure(name: string, directory: string): Promise<BenchRow[]> {
  if (name === 'lora') return measureLora(directory);
  const size = name.endsWith('1M') ? shape(128, 1024) : shape(256, 4096);
  const parameters = `${(parameterCount(size) / 1e6).toFixed(1)} M parameters`;
  const rows = sums(createRandom(3, 'posttrain'), 2000);
  const folder = join(directory, name);
  await writeModel(folder, size, name.includes('real') ? rows : []);
  const task = { ...small, folder, rows, learningRate: 1e-4 };
  if (name.startsWith('grpo')) {
    const answers = name.includes('real') ? 'real answers' : 'random 40-token answers';
    return compare({ ...task, method: 'grpo' }, `GRPO, ${parameters}, 16 × 16 × 40, ${answers}`);
  }
  return [
    ...compare({ ...task, method: 'sft', steps: 10 }, `SFT packed, ${parameters}, 16 × 256, AdamW`),
    ...compare(
      { ...task, method: 'sft', steps: 10, ownOptimizer: 'muon' },
      `SFT packed, ${parameters}, 16 × 256, Muon (the peer: AdamW)`,
    ),
  ];
}

const shape = (width: number, vocabularySize: number): ModelConfig =>
  createModelConfig({ depth: 4, width, headWidth: 32, vocabularySize, contextLength: 256 });

/** Direct answers, and such that take a few words. */
function sums(random: Random, count: number): Row[] {
  return Array.from({ length: count }, () => {
    const [a, b] = [random.integer(90) + 10, random.integer(90) + 10];
    const direct = random.uniform() < 0.7;
    const answer = direct ? `${a + b}` : `First ${a}, then ${b} more: that makes ${a + b}.`;
    return { question: `What is ${a} + ${b}?`, answer, rejected: `${a + b + 1}` };
  });
}

async function tokenizerOf(vocabularySize: number): Promise<BpeTokenizer> {
  const random = createRandom(5, 'words');
  const word = (): string =>
    Array.from(
      { length: 2 + random.integer(7) },
      () => 'etaoinshrdlucmfwypvbgkqjxz'[random.integer(26)],
    ).join('');
  const texts = sums(random, 500).map(({ question, answer }) => `${question} ${answer}`);
  return trainTokenizer([...texts, ...Array.from({ length: 40_000 }, word)], {
    vocabularySize,
    specialTokens: chatSpecialTokens,
  });
}

/** With rows the model is taught to answer them; its answers then end by themselves. */
async function writeModel(folder: string, config: ModelConfig, rows: readonly Row[]): Promise<void> {
  const tokenizer = await tokenizerOf(config.vocabularySize);
  const id = (name: string): number => tokenizer.specialTokens.get(`<|${name}|>`)!;
  const tokenizerConfig = {
    chatTemplate,
    tokens: { bos_token: '<|bos|>', eos_token: '<|assistant_end|>' },
  };
  const executor = createNodeExecutor({ threads });
  const model = await createTransformer({ config, executor, optimizer: adamW(), seed: 1 });
  if (rows.length > 0)
    await fineTune({
      model,
      renderer: await createTemplateRenderer(tokenizer, tokenizerConfig),
      conversations: rows.map(({ question, answer }) => ({
        messages: [textMessage('user', question), textMessage('assistant', answer)],
      })),
      rows: 8,
      columns: 256,
      steps: 120,
      schedule: { shape: 'cosine', peak: 3e-3, warmUpSteps: 5 },
    });
  await exportHuggingFace(new DirectoryStore(folder), '', {
    config,
    parameters: (await model.snapshot()).parameters,
    specialTokens: { bos: id('bos'), eos: id('assistant_end') },
    tokenizerFiles: {
      'tokenizer.json': toTokenizerJson(tokenizer),
      'tokenizer_config.json': writeTokenizerConfig(tokenizerConfig),
    },
  });
  await model.dispose();
}

async function measureLora(directory: string): Promise<BenchRow[]> {
  const source = process.env.BENCH_POSTTRAIN_MODEL;
  if (source === undefined || !existsSync(source)) {
    process.stderr.write('posttrain lora: skipped, it needs BENCH_POSTTRAIN_MODEL=FILE.gguf\n');
    return [];
  }
  const loaded = await readModel(source);
  const folder = join(directory, 'real');
  await exportHuggingFace(new DirectoryStore(folder), '', {
    config: loaded.config,
    parameters: loaded.parameters as never,
    specialTokens: loaded.specialTokens,
    tokenizerFiles: {
      'tokenizer.json': toTokenizerJson(loaded.tokenizer),
      'tokenizer_config.json': writeTokenizerConfig(loaded.tokenizerConfig),
    },
  });
  const name = `${loaded.name}, LoRA 16`;
  const rows = sums(createRandom(3, 'posttrain'), 400);
  const task = { threads, folder, rows, lora: 16, learningRate: 1e-4, steps: 4, columns: 256 };
  const sizes = { prompts: 4, samples: 8, maxNewTokens: 32, batchRows: 2 };
  return [
    ...compare({ ...task, ...sizes, method: 'sft' }, `SFT packed, ${name}, 2 × 256`),
    ...compare({ ...task, ...sizes, method: 'dpo', batchRows: 4, columns: 128 }, `DPO, ${name}, 4 pairs`),
    ...compare({ ...task, ...sizes, method: 'grpo' }, `GRPO, ${name}, 4 × 8 × 32`),
  ];
}

function compare(task: PosttrainTask, name: string): BenchRow[] {
  const file = join(task.folder, 'task.json');
  writeFileSync(file, JSON.stringify(task));
  const [ours, peers]: [PosttrainResult[], PosttrainResult[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ours.push(runOurs(file));
    const peer = runPythonPeer<PosttrainResult>('trl_train.py', { file });
    if (peer !== undefined) peers.push(peer);
  }
  const common = {
    suite: 'posttrain',
    case: `${name}, float32, ${threads} threads`,
    peerName: task.lora === undefined ? 'TRL' : 'TRL + PEFT',
    higherIsBetter: false,
    note: peers.length === 0 ? installPeers : undefined,
  };
  const least = (results: readonly PosttrainResult[], of: (result: PosttrainResult) => number): number =>
    Math.min(...results.map(of));
  const row = (metric: string, unit: string, of: (result: PosttrainResult) => number): BenchRow =>
    benchRow({
      ...common,
      metric,
      unit,
      ours: least(ours, of),
      peer: peers.length === 0 ? null : least(peers, of),
    });
  process.stderr.write(`${name}: rollouts ${ours[0]!.rolloutSeconds?.map((s) => s.toFixed(2)).join(' ')}\n`);
  return [
    row('wall time of a step, best', 's', ({ secondsPerStep }) => secondsPerStep),
    row('processor time of a step, best', 's', ({ cpuSecondsPerStep }) => cpuSecondsPerStep),
    row('peak resident memory', 'MB', ({ peakMegabytes }) => peakMegabytes),
    ...(task.method === 'grpo'
      ? [row('length of an answer', 'tokens', ({ lengths }) => lengths.at(-1) ?? 0)]
      : []),
  ];
}

function runOurs(file: string): PosttrainResult {
  const node = ['--conditions=@llm/source', '--import', 'tsx', runner, file];
  const { stdout, status } = spawnSync(process.execPath, node, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('posttrain-run.ts failed.');
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as PosttrainResult;
}
