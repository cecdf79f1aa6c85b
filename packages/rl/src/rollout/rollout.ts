/**
 * Lets the policy answer every task several times and scores the answers: the experience that RL learns from.
 * All rows go through one `generate` call; tools run during it. The log-probabilities are those of the full
 * softmax at temperature 1, whatever the sampling was, so that the training pass compares like with like.
 */
import type { Completion, ConversationRenderer, Message, Part, Task, TaskSet, Tool } from '@llm/core';
import { checkNumber, checkNumbers, fitPrompt, LlmError, throwIfAborted } from '@llm/core';
import { type AnyTool, checkTimeouts, isAsynchronous } from '../tools/asynchronous-tool.js';
import { createToolCaller, toolsByName } from '../tools/tool-caller.js';
import type { Environment } from './environment.js';
import { parseAnswer } from './parse-answer.js';
import { playEpisodes } from './play-episodes.js';
import {
  type Answered,
  checkRewardTerms,
  combinedReward,
  type RewardTerm,
  scoreTerm,
  type TermScores,
} from './reward-terms.js';
import type { Sampler } from './sampler.js';
import { scoreAnswer } from './score-answer.js';
import { callTogether, defaultTimeoutSeconds, type WithinTime } from './within-time.js';

export interface RolloutOptions {
  readonly model: Sampler;
  readonly renderer: ConversationRenderer;
  readonly tasks: readonly Task[];
  /** Scores an answer: `taskSet.reward`. */
  readonly reward: TaskSet['reward'];
  /** Several rewards in its place, by weight. */
  readonly rewards?: readonly RewardTerm[] | undefined;
  /** Named in errors. Default: the function's name. */
  readonly rewardName?: string | undefined;
  /** How long a reward, or a turn of the environment, is waited for. Default 300. */
  readonly rewardTimeoutSeconds?: number | undefined;
  /** With an asynchronous one among them generation goes on in rounds, see `playEpisodes`. */
  readonly tools?: readonly AnyTool[] | undefined;
  /**
   * Answers what the policy says, and rewards it in the place of `reward`. Default: none, one answer is all.
   */
  readonly environment?: Environment | undefined;
  /** Answers per task. Default 1. */
  readonly samplesPerPrompt?: number | undefined;
  readonly maxNewTokens: number;
  /** Default 1; 0 is greedy. */
  readonly temperature?: number | undefined;
  /** Truncated sampling learns from a distribution that is not the policy's. 0 is all. Default: all. */
  readonly topK?: number | undefined;
  /** Default 1 (all). */
  readonly topP?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /**
   * Give 0 to answers that never ended or broke the format, whatever their text says. Default true: an answer
   * without an end is none, and without this the stop token is never learned.
   */
  readonly requireWellFormed?: boolean | undefined;
  /**
   * Stamped on every rollout: optimizer steps of the weights that answer. A function is called after they
   * did.
   */
  readonly version?: number | (() => Promise<number | undefined>) | undefined;
  /** Told of rewards that failed, once for each name. */
  readonly onRewardErrors?: ((scores: TermScores) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Rollout {
  readonly task: Task;
  readonly prompt: Int32Array;
  /** Generated ids, stop token included. */
  readonly ids: Int32Array;
  /** [ids.length] full-softmax log-probability when sampled; 0 where a tool spoke */
  readonly logProbabilities: Float32Array;
  /** [ids.length] 1 where the policy chose the id (the stop token too), 0 where a tool's answer was forced */
  readonly mask: Uint8Array;
  readonly stopReason: Completion['stopReason'];
  readonly parts: readonly Part[];
  readonly wellFormed: boolean;
  /** With an environment: what was said before `parts`, by both. */
  readonly turns?: readonly Message[] | undefined;
  readonly reward: number;
  /** By name, of `rewards`: null where one could not say or failed. */
  readonly rewardTerms?: Readonly<Record<string, number | null>> | undefined;
  /** False where no reward could say anything; `reward` is then 0 and means nothing. Default true. */
  readonly isScored?: boolean | undefined;
  /** Of the weights that answered, see `RolloutOptions`. */
  readonly version?: number | undefined;
  readonly toolCalls: number;
  readonly toolFailures: number;
}

/**
 * [tasks.length × samplesPerPrompt], a task's answers next to each other. Throws `core/option-invalid`,
 * `rl/prompt-unfit` naming a task that the model cannot answer, `rl/reward-invalid` and `rl/reward-failed`
 * naming reward and task, what `createToolCaller` throws, and what the model throws.
 */
export async function rollout(options: RolloutOptions): Promise<Rollout[]> {
  const { model, renderer, tasks, signal } = options;
  checkNumber('maxNewTokens', options.maxNewTokens, { minimum: 1, integer: true });
  checkNumbers(options, {
    samplesPerPrompt: { minimum: 1, integer: true },
    temperature: { minimum: 0 },
    topK: { minimum: 0, integer: true },
    topP: { minimum: 0, maximum: 1 },
    rewardTimeoutSeconds: { above: 0 },
    seed: {},
  });
  if (options.rewards !== undefined) checkRewardTerms(options.rewards);
  const samples = options.samplesPerPrompt ?? 1;
  const prompts = tasks.map((task) => promptOf(task, renderer, model));
  const rows = prompts.flatMap((prompt) => Array.from({ length: samples }, () => prompt));
  const { tools = [], environment } = options;
  const inRounds = tools.some(isAsynchronous) || (tools.length > 0 && model.forcesTokens === false);
  if (environment !== undefined || inRounds) return playedRollouts(options, rows);
  const caller = createToolCaller(renderer, tools as readonly Tool[], rows.length);
  const completions = await model.generate(rows, {
    maxNewTokens: options.maxNewTokens,
    temperature: options.temperature ?? 1,
    seed: options.seed ?? 0,
    stopTokens: [renderer.stopToken],
    topK: options.topK,
    topP: options.topP,
    vocabularySize: renderer.vocabularySize,
    forceTokens: options.tools?.length ? caller.forceTokens : undefined,
    signal,
  });
  checkAnswered(completions, model);
  const version = await versionOf(options);
  const answers = completions.map(({ ids }) => parsed(renderer, ids));
  const taskOf = (row: number): Task => tasks[Math.floor(row / samples)]!;
  const rewards = await scoreAll(
    options,
    answers.map((answer, row) => ({ task: taskOf(row), ...answer })),
  );
  return completions.map((completion, row) => {
    const { parts, wellFormed } = answers[row]!;
    return {
      task: taskOf(row),
      prompt: rows[row]!,
      ids: completion.ids,
      logProbabilities: completion.logProbabilities,
      mask: completion.forced.map((forced) => 1 - forced),
      stopReason: completion.stopReason,
      parts,
      wellFormed,
      ...rewards[row]!,
      version,
      toolCalls: caller.calls[row]!,
      toolFailures: caller.failures[row]!,
    };
  });
}

async function playedRollouts(options: RolloutOptions, prompts: readonly Int32Array[]): Promise<Rollout[]> {
  const { model, renderer, tools = [], environment, samplesPerPrompt = 1 } = options;
  if (environment !== undefined && options.rewards !== undefined)
    throw new LlmError({
      code: 'core/option-invalid',
      message: 'environment and rewards are both given, and only one can say what an answer earns.',
      details: { option: 'rewards' },
    });
  toolsByName(tools);
  checkTimeouts(tools);
  const tasks = prompts.map((_, row) => options.tasks[Math.floor(row / samplesPerPrompt)]!);
  const played = await playEpisodes({
    model,
    renderer,
    tasks,
    prompts,
    tools,
    environment,
    timeoutSeconds: options.rewardTimeoutSeconds ?? defaultTimeoutSeconds,
    maxNewTokens: options.maxNewTokens,
    temperature: options.temperature ?? 1,
    topK: options.topK,
    topP: options.topP,
    seed: options.seed ?? 0,
    signal: options.signal,
  });
  checkAnswered(played, model);
  const version = await versionOf(options);
  const answers = played.map(({ last }, row) => ({ task: tasks[row]!, ...parsed(renderer, last) }));
  const rewards: readonly Reward[] =
    environment === undefined
      ? await scoreAll(options, answers)
      : played.map(({ reward, ids }) => (ids.length === 0 ? unanswered : { reward }));
  return played.map(({ last: _, reward: _reward, turns, ...each }, row) => {
    const { task, parts, wellFormed } = answers[row]!;
    return { ...each, ...rewards[row]!, task, prompt: prompts[row]!, parts, wellFormed, turns, version };
  });
}

interface ParsedAnswer extends Answered {
  readonly wellFormed: boolean;
  /** Of nothing: a sampler failed. */
  readonly isEmpty: boolean;
}

const unanswered: Reward = { reward: 0, isScored: false };
const isUnanswered = ({ isEmpty }: ParsedAnswer): boolean => isEmpty;

function parsed(renderer: ConversationRenderer, ids: ArrayLike<number>): Omit<ParsedAnswer, 'task'> {
  if (ids.length === 0) return { parts: [], wellFormed: false, isEmpty: true };
  return { ...parseAnswer(renderer, ids), isEmpty: false };
}

/** What a sampler could not draw has no say; where it drew nothing there is nothing to learn from. */
function checkAnswered(answers: readonly { readonly ids: Int32Array }[], { statistics }: Sampler): void {
  if (answers.length === 0 || answers.some(({ ids }) => ids.length > 0)) return;
  throw new LlmError({
    code: 'rl/rollouts-empty',
    message: `None of ${answers.length} answers came: ${statistics?.lastFailure ?? 'the model drew no tokens'}`,
    details: { answers: answers.length },
  });
}

async function versionOf({ version }: RolloutOptions): Promise<number | undefined> {
  return typeof version === 'function' ? version() : version;
}

type Reward = Pick<Rollout, 'reward' | 'rewardTerms' | 'isScored'>;

async function scoreAll(options: RolloutOptions, answers: readonly ParsedAnswer[]): Promise<Reward[]> {
  const { rewards: terms, signal } = options;
  const counts = ({ wellFormed }: ParsedAnswer): boolean => wellFormed || options.requireWellFormed === false;
  const scored = answers.filter((answer) => !isUnanswered(answer) && counts(answer));
  const given = await callTogether<readonly Reward[]>(signal, (withinTime) =>
    terms === undefined
      ? Promise.all(
          scored.map(async ({ task, parts }) => ({
            reward: await scoreAnswer(options.reward, task, parts, {
              withinTime,
              name: options.rewardName,
              timeoutSeconds: options.rewardTimeoutSeconds,
            }),
          })),
        )
      : scoreByTerms(terms, scored, options, withinTime),
  );
  let next = 0;
  return answers.map((answer) => {
    if (isUnanswered(answer)) return unanswered;
    return counts(answer) ? given[next++]! : { reward: 0 };
  });
}

async function scoreByTerms(
  terms: readonly RewardTerm[],
  answers: readonly Answered[],
  { onRewardErrors, signal }: RolloutOptions,
  withinTime: WithinTime,
): Promise<Reward[]> {
  const scores = await Promise.all(terms.map((term) => scoreTerm(term, answers, withinTime)));
  // Nothing is told of a run that has ended.
  throwIfAborted(signal);
  for (const each of scores) if (each.errors > 0) onRewardErrors?.(each);
  return answers.map((_, index) => {
    const reward = combinedReward(scores, index);
    return {
      reward: reward ?? 0,
      isScored: reward !== null,
      rewardTerms: Object.fromEntries(scores.map((each) => [each.name, each.scores[index]!])),
    };
  });
}

function promptOf(task: Task, renderer: ConversationRenderer, model: Sampler): Int32Array {
  const prompt = fitPrompt(renderer, task.prompt, model);
  if (!('reason' in prompt)) return prompt;
  throw new LlmError({
    code: 'rl/prompt-unfit',
    message: `The prompt of task "${task.id}" cannot be answered: ${prompt.message}. Leave it out.`,
    details: { task: task.id, reason: prompt.reason },
  });
}
