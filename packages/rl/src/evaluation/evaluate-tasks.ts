/**
 * How often a model is right: greedy accuracy with a confidence interval, and pass@k from samples. The two
 * together tell whether RL taught something new or only made the likely answer likelier (Yue et al. 2025).
 */
import type { ConversationRenderer, LanguageModel, RunOptions, Task, TaskSet } from '@llm/core';
import { checkChoice, checkNumbers, createRandom, emit, throwIfAborted } from '@llm/core';
import type { Environment } from '../rollout/environment.js';
import type { Rollout } from '../rollout/rollout.js';
import { rollout } from '../rollout/rollout.js';
import { transcript } from '../rollout/transcript.js';
import { fitTasks, type SkippedTask, warnOfSkippedTasks } from '../tasks/fit-tasks.js';
import type { AnyTool } from '../tools/asynchronous-tool.js';
import { passAtK } from './pass-at-k.js';
import { wilsonInterval } from './wilson-interval.js';

export interface EvaluateTasksOptions extends RunOptions {
  readonly model: LanguageModel;
  readonly renderer: ConversationRenderer;
  readonly tasks: TaskSet;
  readonly tools?: readonly AnyTool[] | undefined;
  /** Answers what the model says, and rewards it in the place of the task set. */
  readonly environment?: Environment | undefined;
  /** Default `heldOut`. */
  readonly split?: 'train' | 'heldOut' | undefined;
  /** The first so many tasks of the split. Default: all. */
  readonly limit?: number | undefined;
  /** Samples per task at `temperature`, for pass@k. Default 0: greedy only. */
  readonly samples?: number | undefined;
  /** Tasks that are sampled; the greedy pass takes all. Default: all. */
  readonly sampledTasks?: number | undefined;
  /** Of the samples. Default 1. */
  readonly temperature?: number | undefined;
  /** Default 64. */
  readonly maxNewTokens?: number | undefined;
  /** Rows generated at once. Default 128. */
  readonly rows?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Answers kept in the report. Default 8. */
  readonly examples?: number | undefined;
  /** Default true, as in training. */
  readonly requireWellFormed?: boolean | undefined;
  /** Name in events. Default `rl`. */
  readonly stage?: string | undefined;
}

export interface TaskExample {
  readonly id: string;
  /** The whole exchange as text. */
  readonly text: string;
  readonly answer: string;
  readonly reward: number;
}

export interface TaskReport {
  /** Tasks answered greedily. */
  readonly n: number;
  /** Share of greedy answers with reward 1. */
  readonly accuracy: number;
  /** Wilson 95 % interval of `accuracy`. */
  readonly interval: readonly [number, number];
  readonly meanReward: number;
  /** Share of greedy answers that called a tool. */
  readonly toolCallRate: number;
  /** Share of tool calls that failed; 0 without calls. */
  readonly toolFailureRate: number;
  readonly formatValid: number;
  /** Tokens per greedy answer. */
  readonly meanLength: number;
  /** k → unbiased pass@k, for 1, 2, 4, … up to `samples`; empty without samples. */
  readonly passAtK: Readonly<Record<number, number>>;
  readonly examples: readonly TaskExample[];
  /** Tasks left out because the model cannot answer their prompts; not in `n`. */
  readonly skipped: readonly SkippedTask[];
}

const count = { minimum: 1, integer: true };
const countOrNone = { minimum: 0, integer: true };
const limit = { minimum: 0, maximum: Number.POSITIVE_INFINITY, integer: true };

/**
 * A task whose prompt leaves no room for an answer is left out, reported, and named in a `warning` event.
 * Throws `rl/no-tasks` when no task is left, `core/option-invalid`, and what `rollout` throws.
 */
export async function evaluateTasks(options: EvaluateTasksOptions): Promise<TaskReport> {
  const { model, renderer, tasks, split = 'heldOut', samples = 0, stage = 'rl' } = options;
  checkChoice('split', split, ['train', 'heldOut']);
  checkNumbers(options, {
    limit,
    samples: countOrNone,
    sampledTasks: limit,
    temperature: { minimum: 0 },
    maxNewTokens: count,
    rows: count,
    seed: {},
    examples: countOrNone,
  });
  const what = `${split === 'train' ? 'training' : 'held-out'} tasks of "${tasks.name}"`;
  const fitting = fitTasks(tasks[split].slice(0, options.limit), what, renderer, model);
  warnOfSkippedTasks(fitting, stage, options.onEvent);
  const chosen = fitting.tasks;
  const sampled = samples === 0 ? [] : chosen.slice(0, options.sampledTasks);
  const progress = createProgress(options, chosen.length + sampled.length * samples);
  const greedy = await answer(options, chosen, 1, 0, progress);
  const correct = greedy.filter(({ reward }) => reward >= 1).length;
  const calls = greedy.reduce((sum, { toolCalls }) => sum + toolCalls, 0);
  const share = (predicate: (answer: Rollout) => boolean): number =>
    greedy.filter(predicate).length / greedy.length;
  const passes: Record<number, number> = {};
  if (sampled.length > 0) {
    const answers = await answer(options, sampled, samples, options.temperature ?? 1, progress);
    const counts = sampled.map(
      (_, i) => answers.slice(i * samples, (i + 1) * samples).filter(({ reward }) => reward >= 1).length,
    );
    for (let k = 1; k <= samples; k *= 2) {
      passes[k] = counts.reduce((sum, count) => sum + passAtK(samples, count, k), 0) / counts.length;
    }
  }
  return {
    n: greedy.length,
    accuracy: correct / greedy.length,
    interval: wilsonInterval(correct, greedy.length),
    meanReward: greedy.reduce((sum, { reward }) => sum + reward, 0) / greedy.length,
    toolCallRate: share(({ toolCalls }) => toolCalls > 0),
    toolFailureRate:
      calls === 0 ? 0 : greedy.reduce((sum, { toolFailures }) => sum + toolFailures, 0) / calls,
    formatValid: share(({ wellFormed }) => wellFormed),
    meanLength: greedy.reduce((sum, { ids }) => sum + ids.length, 0) / greedy.length,
    passAtK: passes,
    examples: greedy.slice(0, options.examples ?? 8).map(({ task, parts, reward }) => ({
      id: task.id,
      text: transcript(task, parts),
      answer: task.answer,
      reward,
    })),
    skipped: fitting.skipped,
  };
}

function createProgress(options: EvaluateTasksOptions, total: number): (rows: number) => void {
  let done = 0;
  return (rows) => {
    done += rows;
    emit(options.onEvent, { type: 'progress', stage: options.stage ?? 'rl', done, total, unit: 'answers' });
  };
}

async function answer(
  options: EvaluateTasksOptions,
  tasks: readonly Task[],
  samplesPerPrompt: number,
  temperature: number,
  progress: (rows: number) => void,
): Promise<Rollout[]> {
  const tasksPerCall = Math.max(1, Math.floor((options.rows ?? 128) / samplesPerPrompt));
  const answers: Rollout[] = [];
  for (let start = 0; start < tasks.length; start += tasksPerCall) {
    throwIfAborted(options.signal);
    const group = await rollout({
      model: options.model,
      renderer: options.renderer,
      tasks: tasks.slice(start, start + tasksPerCall),
      reward: (task, parts) => options.tasks.reward(task, parts),
      rewardName: options.tasks.name,
      tools: options.tools ?? [],
      environment: options.environment,
      samplesPerPrompt,
      maxNewTokens: options.maxNewTokens ?? 64,
      temperature,
      seed: createRandom(options.seed ?? 0, 'evaluate', start).uint32(),
      requireWellFormed: options.requireWellFormed ?? true,
      signal: options.signal,
    });
    answers.push(...group);
    progress(group.length);
  }
  return answers;
}
