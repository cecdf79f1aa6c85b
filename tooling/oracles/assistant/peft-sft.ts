/**
 * Fine-tunes a model with LoRA, or whole, and writes everything that PyTorch + PEFT need to do the same: the
 * model as a Hugging Face folder, the adapter it began with, every batch, the held-out rows. Prints losses,
 * seconds and peak memory as JSON; peft_sft.py prints its own. The same numbers within 1 % are asked for.
 *
 *     node --conditions=@llm/source --import tsx peft-sft.ts MODEL.gguf ROWS.jsonl DIRECTORY [STEPS] [lora|full] > ours.json
 *     python peft_sft.py DIRECTORY > peft.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModel } from '@llm/assistant/node';
import { DirectoryStore } from '@llm/core/node';
import { learningRateAt } from '@llm/core/training';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createTransformer, saveLora } from '@llm/model';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { createBatchSource, fineTune, heldOutLoss, packConversations, readConversations } from '@llm/sft';
import { createTemplateRenderer, toTokenizerJson } from '@llm/tokenizer';

const [source, file, directory, count = '20', mode = 'lora'] = process.argv.slice(2);
if (source === undefined || file === undefined || directory === undefined || !/^(lora|full)$/.test(mode))
  throw new Error('Usage: peft-sft.ts MODEL ROWS.jsonl DIRECTORY [STEPS] [lora|full]');
const [rows, columns, heldOutRows, seed, threads] = [2, 256, 12, 0, 2];
const steps = Number(count);
const lora = mode === 'lora' ? { rank: 16 } : undefined;
const schedule = { shape: 'cosine', peak: lora === undefined ? 2e-5 : 2e-4, warmUpSteps: 1, steps } as const;

const loaded = await readModel(source);
const { config, tokenizer, tokenizerConfig, specialTokens } = loaded;
// The model copies them: not held beside it, as PyTorch does not either.
let parameters: typeof loaded.parameters | undefined = loaded.parameters;
Object.assign(loaded, { parameters: undefined });
const renderer = await createTemplateRenderer(tokenizer, tokenizerConfig);
const { conversations } = await readConversations(readFileSync(file, 'utf8'), { limit: 200 });
const fitting = packConversations({ conversations, renderer, columns });
const skipped = new Set(fitting.skipped.map(({ index }) => index));
const usable = conversations.filter((_, index) => !skipped.has(index));
const [heldOut, training] = [usable.slice(0, heldOutRows), usable.slice(heldOutRows)];

const store = new DirectoryStore(directory);
const tokenizerFiles = { 'tokenizer.json': toTokenizerJson(tokenizer) };
await exportHuggingFace(store, 'base', {
  config,
  parameters: parameters as never,
  tokenizerFiles,
  specialTokens,
});
const model = await createTransformer({
  config,
  parameters,
  lora,
  seed,
  executor: createNodeExecutor({ threads, memory: 'compact' }),
  optimizer: adamW({ weightDecay: 0 }),
});
parameters = undefined;
if (lora !== undefined)
  await saveLora(store, 'adapter', { adapters: (await model.snapshot()).parameters, lora });
const { examples } = packConversations({ conversations: training, renderer, columns });
const batches = createBatchSource({ examples, rows, columns, seed });
const task = {
  mode,
  rows,
  columns,
  threads,
  steps: Array.from({ length: steps }, (_, step) => {
    const { inputs, targets, weights, segments, normalizer } = batches.batch(step);
    const learningRate = learningRateAt(schedule, step);
    const lists = {
      inputs: [...inputs],
      targets: [...targets],
      weights: [...weights],
      segments: [...segments!],
    };
    return { ...lists, normalizer, learningRate };
  }),
  heldOut: packConversations({ conversations: heldOut, renderer, columns }).examples.map(({ ids, mask }) => ({
    ids: [...ids],
    mask: [...mask],
  })),
};
writeFileSync(join(directory, 'task.json'), JSON.stringify(task));

const losses: number[] = [];
const seconds: number[] = [];
const cpuSeconds: number[] = [];
let cpu = process.cpuUsage();
const measure = async (): Promise<number> =>
  (await heldOutLoss({ model, renderer, conversations: heldOut, rows, columns })).loss;
const before = await measure();
await fineTune({
  model,
  renderer,
  conversations: training,
  rows,
  columns,
  steps,
  seed,
  schedule,
  onEvent: (event) => {
    if (event.type !== 'metric' || event.values.step_time === undefined) return;
    losses.push(event.values.loss!);
    seconds.push(event.values.step_time);
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds.push((user + system) / 1e6);
    cpu = process.cpuUsage();
    process.stderr.write(`step ${event.step}: ${event.values.loss}\n`);
  },
});
const after = await measure();
const peak = /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
const best = { secondsPerStep: Math.min(...seconds), cpuSecondsPerStep: Math.min(...cpuSeconds) };
process.stdout.write(
  `${JSON.stringify({ before, after, losses, ...best, peakMegabytes: Number(peak) / 1024 })}\n`,
);
await model.dispose();
