/**
 * One training of the posttrain bench in a process of its own, as `trl_train.py` is: reads the task,
 * prints the seconds of each step, the processor time of the best and the peak of memory as JSON.
 *
 *     node --conditions=@llm/source --import tsx posttrain-run.ts TASK.json
 */
import { readFileSync } from 'node:fs';
import { readModel } from '@llm/assistant/node';
import { messageText, type RunEvent, type TaskSet, textMessage } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createTransformer, muon } from '@llm/model';
import { clippedPolicyGradient, directPreference, trainPolicy, trainPreferences } from '@llm/rl';
import { fineTune } from '@llm/sft';
import { createTemplateRenderer } from '@llm/tokenizer';

export interface PosttrainTask {
  readonly method: 'sft' | 'dpo' | 'grpo';
  /** Of Hugging Face: the model to train. */
  readonly folder: string;
  readonly rows: readonly {
    readonly question: string;
    readonly answer: string;
    readonly rejected?: string;
  }[];
  readonly steps: number;
  readonly learningRate: number;
  readonly threads: number;
  readonly lora?: number | undefined;
  /** Of ours; the peer's is AdamW. Default `adamw`. */
  readonly ownOptimizer?: 'adamw' | 'muon' | undefined;
  /** Of a step of SFT and DPO. */
  readonly batchRows: number;
  readonly columns: number;
  /** Of a step of GRPO. */
  readonly prompts: number;
  readonly samples: number;
  readonly maxNewTokens: number;
  /** Options of ours that the peer has no counterpart of. */
  readonly own?: object | undefined;
}

export interface PosttrainResult {
  readonly seconds: readonly number[];
  readonly secondsPerStep: number;
  readonly cpuSecondsPerStep: number;
  readonly peakMegabytes: number;
  /** Of answers, of each step of GRPO. */
  readonly lengths: readonly (number | null)[];
  readonly losses: readonly (number | null)[];
  /** Seconds of the rollouts of each step. */
  readonly rolloutSeconds?: readonly number[];
}

const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as PosttrainTask;
const { lora: rank, threads, steps, rows } = task;
const loaded = await readModel(task.folder);
const renderer = await createTemplateRenderer(loaded.tokenizer, loaded.tokenizerConfig);
const { config, parameters } = loaded;
const lora = rank === undefined ? undefined : { rank, alpha: rank };
const optimizer = task.ownOptimizer === 'muon' ? muon({ weightDecay: 0 }) : adamW({ weightDecay: 0 });
const objective = { sft: undefined, dpo: directPreference(), grpo: clippedPolicyGradient() }[task.method];
const executor = createNodeExecutor({ threads, ...(rank !== undefined && { memory: 'compact' }) });
const model = await createTransformer({ config, parameters, lora, optimizer, objective, executor, seed: 0 });
Object.assign(loaded, { parameters: undefined });

const seconds: number[] = [];
const cpuSeconds: number[] = [];
const losses: number[] = [];
const lengths: (number | null)[] = [];
const rolloutSeconds: number[] = [];
let begun = performance.now();
let cpu = process.cpuUsage();
const onEvent = (event: RunEvent): void => {
  if (event.type !== 'metric') return;
  const used = process.cpuUsage(cpu);
  seconds.push((performance.now() - begun) / 1000);
  cpuSeconds.push((used.user + used.system) / 1e6);
  losses.push(event.values.loss!);
  lengths.push(event.values['completions/mean_length'] ?? null);
  if (event.values.rollout_time !== undefined) rolloutSeconds.push(event.values.rollout_time);
  begun = performance.now();
  cpu = process.cpuUsage();
};
const common = { steps, renderer, seed: 0, schedule: () => task.learningRate, onEvent, sampleEvery: 0 };
if (task.method === 'grpo') {
  const tasks: TaskSet = {
    specificationVersion: 'v1',
    name: 'sums',
    train: rows.map(({ question, answer }, i) => ({
      id: `${i}`,
      prompt: { messages: [textMessage('user', question)] },
      answer,
    })),
    heldOut: [],
    reward: ({ answer }, parts) => (messageText(parts).includes(answer) ? 1 : 0),
  };
  await trainPolicy({
    ...common,
    policy: model,
    tasks,
    promptsPerStep: task.prompts,
    samplesPerPrompt: task.samples,
    maxNewTokens: task.maxNewTokens,
    requireWellFormed: false,
    ...task.own,
  });
} else if (task.method === 'sft') {
  const conversations = rows.map(({ question, answer }) => ({
    messages: [textMessage('user', question), textMessage('assistant', answer)],
  }));
  await fineTune({
    ...common,
    model,
    conversations,
    rows: task.batchRows,
    columns: task.columns,
    ...task.own,
  });
} else {
  const pairs = rows.map(({ question, answer, rejected }, i) => ({
    id: `${i}`,
    prompt: { messages: [textMessage('user', question)] },
    chosen: textMessage('assistant', answer).parts,
    rejected: textMessage('assistant', rejected!).parts,
  }));
  const reference = rank === undefined ? undefined : model.withoutAdapters();
  await trainPreferences({
    ...common,
    policy: model,
    reference: reference!,
    pairs,
    pairsPerStep: task.batchRows,
    ...task.own,
  });
}
const counted = <T>(all: readonly T[]): readonly T[] => (all.length > 1 ? all.slice(1) : all);
const result: PosttrainResult = {
  seconds,
  secondsPerStep: Math.min(...counted(seconds)),
  cpuSecondsPerStep: Math.min(...counted(cpuSeconds)),
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
  lengths,
  losses,
  rolloutSeconds,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
await model.dispose();
