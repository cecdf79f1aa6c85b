/**
 * GRPO: sample several answers per prompt, score them, raise the probability of answers better than their
 * group and lower the others (DeepSeekMath, Shao et al. 2024; token-level averaging as in DAPO, Yu et al.
 * 2025). No critic. Trained by the one loop of `@llm/core/training`; prompts and samples of step s come from
 * (seed, s), so that a snapshot taken between steps continues to the bit.
 *
 * The policy decides the objective: with the default weighted likelihood this is
 * REINFORCE with a group baseline; make it with `clippedPolicyGradient(...)` for
 * clipping, KL and entropy terms. On-policy the loss is near 0 in *value*; watch
 * `reward`. Left out: dynamic sampling, several optimizer batches per rollout batch.
 */
import type { ConversationRenderer, LanguageModel, TaskSet, Tool, TrainableModel } from '@llm/core';
import { checkNumber, checkNumbers, createRandom, emit, LlmError } from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import type { Rollout } from '../rollout/rollout.js';
import { rollout } from '../rollout/rollout.js';
import { rolloutMetrics } from '../rollout/rollout-metrics.js';
import { transcript } from '../rollout/transcript.js';
import { createShuffledPasses } from '../shuffled-passes.js';
import { type FittingTasks, fitTasks, type SkippedTask, warnOfSkippedTasks } from '../tasks/fit-tasks.js';
import type { AdvantageOptions } from './group-advantages.js';
import { groupAdvantages } from './group-advantages.js';
import type { Aggregation } from './policy-batch.js';
import { createPolicyBatch } from './policy-batch.js';

/** `steps` and what `schedule`, checkpoints and measurements count are rollout batches. */
export interface TrainPolicyOptions extends TrainingOptions {
  /** The model to improve; its optimizer state must be its own, with 0 steps taken at the start of RL. */
  readonly policy: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly tasks: TaskSet;
  readonly tools?: readonly Tool[] | undefined;
  /** Default 16. */
  readonly promptsPerStep?: number | undefined;
  /** Group size. Default 16. */
  readonly samplesPerPrompt?: number | undefined;
  readonly maxNewTokens: number;
  /** Default 1: sampling from the policy itself. */
  readonly temperature?: number | undefined;
  /** Optimizer steps on each rollout batch (μ). Default 1. More need the clipped objective. */
  readonly updatesPerBatch?: number | undefined;
  /** Default: reward minus the group's mean, unscaled. */
  readonly advantages?: AdvantageOptions | undefined;
  /** Default `token`. */
  readonly aggregation?: Aggregation | undefined;
  /** Frozen model whose log-probabilities become the extra input `referenceLogProbabilities` (KL term). */
  readonly reference?: LanguageModel | undefined;
  /** Leave cut-off answers out of the loss. Default false. */
  readonly maskTruncated?: boolean | undefined;
  /** Reward 0 for answers that are not well formed. Default true. */
  readonly requireWellFormed?: boolean | undefined;
  /**
   * Compute a prompt once for all its answers (`branches` of the batch): less to compute where prompts are
   * longer than answers, more attention where they are not. Not with a `reference`. Default false.
   */
  readonly sharePrompts?: boolean | undefined;
  /**
   * Leave groups whose answers all got the same reward out of the update: their gradient is 0 where the
   * objective has no term of KL or entropy. The objective's metrics are then of the others. Default false.
   */
  readonly leaveTied?: boolean | undefined;
  /** Positions per row are rounded up to a multiple of this. Default 16; 32 with `sharePrompts`. */
  readonly columnMultiple?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Emit one answer as a `sample` event every so many batches. Default 10; 0 is never. */
  readonly sampleEvery?: number | undefined;
  /** Default Infinity: the value of a policy's loss says nothing about the policy. */
  readonly maximumLossRise?: number | undefined;
}

export interface TrainPolicyReport {
  /** Rollout batches done, those of earlier calls included. */
  readonly steps: number;
  /** Training reward of each batch done in this call. */
  readonly rewards: readonly number[];
  readonly completions: number;
  /** Tokens the policy chose in this call. */
  readonly tokens: number;
  /** Training tasks left out because the policy cannot answer their prompts. */
  readonly skipped: readonly SkippedTask[];
}

const count = { minimum: 1, integer: true };

/**
 * A training task whose prompt leaves no room for an answer is left out, reported, and
 * named in a `warning` event before the first step. Throws `core/option-invalid`,
 * `rl/no-tasks`, `rl/reference-unfit`, `rl/checkpoint-inside-batch` when the policy
 * was saved between two updates of one batch, and what `rollout` and the policy throw.
 */
export async function trainPolicy(options: TrainPolicyOptions): Promise<TrainPolicyReport> {
  const { policy, renderer, tasks, tools = [], maxNewTokens, signal } = options;
  const { promptsPerStep = 16, samplesPerPrompt = 16, updatesPerBatch = 1, seed = 0, stage = 'rl' } = options;
  const { sharePrompts = false } = options;
  checkNumber('maxNewTokens', maxNewTokens, count);
  checkNumbers(options, {
    promptsPerStep: count,
    samplesPerPrompt: count,
    temperature: { minimum: 0 },
    updatesPerBatch: count,
    columnMultiple: count,
    seed: {},
    sampleEvery: { minimum: 0, integer: true },
  });
  if (policy.stepsTaken % updatesPerBatch !== 0) {
    throw new LlmError({
      code: 'rl/checkpoint-inside-batch',
      message: `The policy took ${policy.stepsTaken} optimizer steps, which is not a whole number of batches of ${updatesPerBatch} updates; restore a snapshot from onCheckpoint.`,
      details: { stepsTaken: policy.stepsTaken, updatesPerBatch },
    });
  }
  const fitting = fitTasks(tasks.train, `training tasks of "${tasks.name}"`, renderer, policy);
  const contextLength = windowOf(options, fitting);
  warnOfSkippedTasks(fitting, stage, options.onEvent);
  const order = createShuffledPasses(fitting.tasks, promptsPerStep, seed, 'tasks');
  const rewards: number[] = [];
  const warn = createWarner(options);
  const sampleEvery = options.sampleEvery ?? 10;
  let completions = 0;
  const { steps, tokens } = await runTrainingLoop({
    ...options,
    model: policy,
    stage,
    maximumLossRise: options.maximumLossRise ?? Number.POSITIVE_INFINITY,
    batch: async (step) => {
      const started = performance.now();
      const rollouts = await rollout({
        model: policy,
        renderer,
        tasks: order.batch(step),
        reward: (task, parts) => tasks.reward(task, parts),
        rewardName: tasks.name,
        tools,
        samplesPerPrompt,
        maxNewTokens,
        temperature: options.temperature ?? 1,
        seed: createRandom(seed, 'rollout', step).uint32(),
        requireWellFormed: options.requireWellFormed ?? true,
        signal,
      });
      const rolloutSeconds = (performance.now() - started) / 1000;
      const advantages = groupAdvantages(
        rollouts.map(({ reward }) => reward),
        samplesPerPrompt,
        options.advantages,
      );
      const plain = createPolicyBatch({
        rollouts,
        advantages: advantages.values,
        maxNewTokens,
        contextLength,
        aggregation: options.aggregation,
        columnMultiple: options.columnMultiple ?? (sharePrompts ? 32 : undefined),
        leaveTied: options.leaveTied,
        answersPerPrompt: sharePrompts ? samplesPerPrompt : undefined,
        maskTruncated: options.maskTruncated,
      });
      const reference = options.reference && {
        referenceLogProbabilities: await options.reference.logProbabilities(plain),
      };
      rewards.push(advantages.rewardMean);
      completions += rollouts.length;
      if (sampleEvery > 0 && step % sampleEvery === 0) emitSample(options, stage, step + 1, rollouts[0]!);
      warn(advantages.zeroVarianceFraction, rollouts, step + 1);
      return {
        batch: { ...plain, extraInputs: { ...plain.extraInputs, ...reference } },
        metrics: {
          reward: advantages.rewardMean,
          reward_std: advantages.rewardDeviation,
          frac_reward_zero_std: advantages.zeroVarianceFraction,
          ...rolloutMetrics(rollouts),
          rollout_time: rolloutSeconds,
        },
      };
    },
    summary: () => ({
      completions,
      skipped: fitting.skipped.length,
      ...(rewards.length > 0 && { reward: mean(rewards.slice(-10)) }),
    }),
  });
  return { steps, rewards, completions, tokens, skipped: fitting.skipped };
}

/**
 * Positions that policy and reference both hold. Throws
 * `rl/reference-unfit` when an answer could be more than the reference's.
 */
function windowOf(
  { policy, reference, maxNewTokens, sharePrompts }: TrainPolicyOptions,
  { longestPrompt }: FittingTasks,
): number {
  if (reference === undefined) return policy.contextLength;
  if (sharePrompts === true)
    throw new LlmError({
      code: 'rl/reference-unfit',
      message:
        'A reference scores whole sequences, which rows with shared prompts are not: leave one of reference and sharePrompts out.',
    });
  const longest = Math.min(policy.contextLength, longestPrompt + maxNewTokens);
  if (longest > reference.contextLength || policy.vocabularySize > reference.vocabularySize)
    throw new LlmError({
      code: 'rl/reference-unfit',
      message: `The reference sees ${reference.contextLength} tokens of ${reference.vocabularySize} ids; answers of the policy may have ${longest} of ${policy.vocabularySize}. Give a reference as large as the policy.`,
      details: { longest, contextLength: reference.contextLength },
    });
  return Math.min(policy.contextLength, reference.contextLength);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function emitSample(
  options: TrainPolicyOptions,
  stage: string,
  step: number,
  { task, parts, reward }: Rollout,
): void {
  emit(options.onEvent, {
    type: 'sample',
    stage,
    step,
    title: `${task.id}, reward ${reward}`,
    text: transcript(task, parts),
  });
}

/** Says once, when it begins, that a batch cannot teach something, and again after it had recovered. */
function createWarner(
  options: TrainPolicyOptions,
): (tied: number, rollouts: readonly Rollout[], step: number) => void {
  const { maxNewTokens, onEvent, stage = 'rl' } = options;
  const active = new Set<string>();
  const check = (holds: boolean, code: string, message: string): void => {
    if (holds && !active.has(code)) emit(onEvent, { type: 'warning', stage, code, message });
    if (holds) active.add(code);
    else active.delete(code);
  };
  return (tied, rollouts, step) => {
    const isCut = ({ stopReason }: Rollout): boolean => stopReason !== 'stop';
    const withTool = rollouts.filter(({ toolCalls }) => toolCalls > 0);
    check(
      tied === 1,
      'rl/groups-tied',
      `Step ${step}: in every group all answers got the same reward, so there is nothing to learn from; the tasks are too hard or too easy for this policy.`,
    );
    check(
      rollouts.every(isCut),
      'rl/completions-truncated',
      `Step ${step}: every answer was cut off before its stop token; raise maxNewTokens (${maxNewTokens}) or fine-tune the model to stop.`,
    );
    check(
      withTool.length > 0 && withTool.length < rollouts.length && withTool.every(isCut),
      'rl/tool-answers-truncated',
      `Step ${step}: every answer that called a tool was cut off, so tools cannot pay; raise maxNewTokens (${maxNewTokens}).`,
    );
  };
}
