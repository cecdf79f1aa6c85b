/**
 * An hour of pretraining on children's stories and books: this project's model, start, optimizer and schedule
 * against nanoGPT's `train.py` with the settings of its README for a computer without a GPU, widened to the
 * same number of layers and channels. Both have one thread, at the same time, for the same minutes of
 * processor time (BENCH_MINUTES, default 60; what else runs takes from both alike), the same tokens and the
 * same held-out documents, each of which is scored alone from its beginning: of ours the last model, of
 * nanoGPT's the one that did best on them. Writes the samples of both to `.peers/nanoGPT/data/stories`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { createRandom } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { miniwebTales } from '@llm/miniweb';
import {
  copyingStart,
  createModelConfig,
  createTransformer,
  muon,
  pretrain,
  type Transformer,
} from '@llm/model';
import { bitsPerByte } from '@llm/model/evaluation';
import { type BpeTokenizer, trainTokenizer } from '@llm/tokenizer';
import { python } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const minutes = Number(process.env.BENCH_MINUTES ?? 60);
const tales = Number(process.env.BENCH_TALES ?? 0);
/** Few ids, each of them often: with more a small text is learnt by heart sooner (RESULTS.md). */
const vocabularySize = tales > 0 ? 2048 : 1024;
const [depth, width] = [4, 192];
/** As many tokens a step as nanoGPT, in longer rows: its recipe for characters has 256 columns. */
const [rows, columns] = [4, 512];
const [peerRows, peerColumns] = [8, 256];
const heldOutDocuments = 60;
/** A text that is read eight times is learnt by heart unless what is learnt decays: see RESULTS.md. */
const optimizer = { iterations: 3, weightDecay: tales > 0 ? 0.1 : 1 };
/** And unless no reading is quite like the one before. */
const inputNoise = tales > 0 ? 0 : 0.1;
/** From which the number of steps is reckoned; their time does not count, here or there. */
const trialSteps = 40;
/** The samples of TinyStories mark no ends: a line after no blank one begins a story, so do these words. */
const storyEnd = /<\|endoftext\|>|(?<!\n)\n(?!\n)|\n+(?=Once upon a time|One day, (?:a|an|two|three) )/;
const storyBeginnings = ['One day, a little girl', 'Once upon a time'];
const checkout = fileURLToPath(new URL('../../../../.peers/nanoGPT', import.meta.url));
const peerScript = fileURLToPath(new URL('../peers/nanogpt_stories.py', import.meta.url));
const folder = `${checkout}/data/stories`;

export async function storiesSuite(): Promise<BenchRow[]> {
  const texts = storiesAndBooks();
  if (texts === undefined) return [];
  const heldOut = texts.splice(0, heldOutDocuments);
  const tokenizer = await trainTokenizer(texts, { vocabularySize, specialTokens: ['<|bos|>'] });
  const tokens = texts.map((text) => tokenizer.encode(text));
  const running = existsSync(checkout) ? trainNanoGpt(tokens, heldOut, tokenizer) : undefined;
  const ours = await train(tokens, heldOut, tokenizer);
  const peer = await running;
  if (existsSync(checkout)) writeFileSync(`${folder}/ours.json`, JSON.stringify(ours, null, 2));
  return [
    benchRow({
      suite: 'stories',
      case: `${minutes} minutes of one processor each: ${described(ours)} of ${rows} × ${columns}; nanoGPT ${peer ? `${described(peer)} of ${peerRows} × ${peerColumns}` : '–'}`,
      metric: 'held-out bits per byte',
      unit: 'bits',
      ours: ours.bitsPerByte,
      peerName: 'nanoGPT, PyTorch',
      peer: peer?.bitsPerByte ?? null,
      higherIsBetter: false,
      ...(peer
        ? {}
        : { note: 'git clone https://github.com/karpathy/nanoGPT .peers/nanoGPT, and npm run bench:peers' }),
    }),
  ];
}

interface Trained {
  readonly bitsPerByte: number;
  readonly steps: number;
  /** Of the model measured, where that is not the last. */
  readonly keptStep?: number | undefined;
  readonly processorMinutes: number;
  readonly parameters: number;
  readonly samples: readonly string[];
}

const described = ({ parameters, steps, keptStep = steps, processorMinutes }: Trained): string =>
  `${parameters} parameters, ${processorMinutes.toFixed(1)} minutes, ${steps} steps (kept: ${keptStep})`;

/** Stories, as many characters of books, and tales, shuffled; undefined where there are no stories. */
function storiesAndBooks(): string[] | undefined {
  const names = ['Mini_GPT', 'moe-routing-bench', 'smallGPT'];
  const paths = names.map((name) => sharedDataPath(`text-tinystories-sample/${name}.txt.gz`));
  const index = sharedDataPath('text-books/index.jsonl');
  if (index === undefined || paths.includes(undefined)) return undefined;
  const read = (path: string): string => gunzipSync(readFileSync(path)).toString();
  const stories = new Set(
    paths.flatMap((path) =>
      read(path!)
        .split(storyEnd)
        .map((story) => story.trim())
        .filter((story) => story.length > 200),
    ),
  );
  const random = createRandom(1, 'stories');
  const books = readFileSync(index, 'utf8').trim().split('\n');
  const passages = books.flatMap((line) => {
    const { file } = JSON.parse(line) as { file: string };
    return read(sharedDataPath(`text-books/${file}`)!).match(/[\s\S]{1,2000}(?:\n\n|$)/g) ?? [];
  });
  const characters = [...stories].reduce((sum, { length }) => sum + length, 0);
  const chosen: string[] = [];
  for (let left = characters; left > 0; left -= chosen.at(-1)!.length) chosen.push(random.pick(passages));
  const told = Array.from(miniwebTales({ seed: 1, count: tales }), ({ text }) => text);
  return random.shuffle([...stories, ...new Set(chosen), ...told]);
}

/** Processor seconds of this process so far. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function train(
  tokens: readonly Int32Array[],
  heldOut: readonly string[],
  tokenizer: BpeTokenizer,
): Promise<Trained> {
  const executor = createNodeExecutor({ threads: 1 });
  const config = createModelConfig({ depth, width, headWidth: 32, vocabularySize, contextLength: columns });
  const begun = used();
  const parameters = await copyingStart({ config, executor, tokenizer, seed: 1 });
  const open = (): Promise<Transformer> =>
    createTransformer({ config, executor, parameters, optimizer: muon(optimizer), seed: 1 });
  const train = (model: Transformer, steps: number) =>
    pretrain({
      ...{ model, tokenizer, tokens, rows, columns, steps, inputNoise, seed: 1 },
      schedule: { shape: 'trapezoid', peak: 5e-3, steps, warmUpSteps: Math.ceil(steps / 50) },
    });
  const trial = await open();
  const tried = used();
  await train(trial, trialSteps);
  const trialSeconds = used() - tried;
  await trial.dispose();
  const left = 60 * minutes - (tried - begun);
  const steps = Math.max(1, Math.floor((trialSteps * left) / trialSeconds));
  const model = await open();
  await train(model, steps);
  const processorMinutes = (used() - begun - trialSeconds) / 60;
  const prompts = storyBeginnings.map((text) => tokenizer.encode(text));
  const completions = await model.generate(prompts, { maxNewTokens: 160, temperature: 0.7, seed: 1 });
  const samples = completions.map(({ ids }, index) => storyBeginnings[index] + tokenizer.decode(ids));
  const trained = {
    bitsPerByte: await bitsPerByte(model, tokenizer, heldOut, { columns }),
    steps,
    processorMinutes,
    parameters: model.parameterCount,
    samples,
  };
  await model.dispose();
  return trained;
}

/** Documents led by BOS, in epochs of another order each, as nanoGPT reads them: one file of 16-bit ids. */
function trainNanoGpt(
  tokens: readonly Int32Array[],
  heldOut: readonly string[],
  tokenizer: BpeTokenizer,
): Promise<Trained | undefined> {
  mkdirSync(folder, { recursive: true });
  const bos = tokenizer.specialTokens.get('<|bos|>')!;
  const random = createRandom(1, 'order');
  const epochs = Array.from({ length: 8 }, () => random.shuffle([...tokens]));
  const ids = epochs.flat().flatMap((document) => [bos, ...document]);
  writeFileSync(`${folder}/train.bin`, Uint16Array.from(ids));
  const documents = heldOut.map((text) => [bos, ...tokenizer.encode(text)]);
  writeFileSync(`${folder}/val.bin`, Uint16Array.from(documents.flat()));
  const bytes = heldOut.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const prompts = storyBeginnings.map((text) => [bos, ...tokenizer.encode(text)]);
  const shape = { depth, width, heads: width / 32, vocabularySize, rows: peerRows, columns: peerColumns };
  const task = { checkout, minutes, ...shape };
  writeFileSync(`${folder}/task.json`, JSON.stringify({ ...task, documents, bytes, prompts }));
  return new Promise((resolve) => {
    const child = spawn(python, [peerScript, `${folder}/task.json`], {
      cwd: checkout,
      env: { ...process.env, OMP_NUM_THREADS: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let last = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = line;
    });
    child.on('close', (code) => {
      if (code !== 0) return resolve(undefined);
      const { samples, ...result } = JSON.parse(last) as Omit<Trained, 'samples'> & { samples: number[][] };
      const trained = { ...result, samples: samples.map((sample) => tokenizer.decode(sample)) };
      writeFileSync(`${folder}/peer.json`, JSON.stringify(trained, null, 2));
      resolve(trained);
    });
  });
}
