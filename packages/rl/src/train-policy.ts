/**
 * GRPO: sample several answers per prompt, score them, raise the probability of answers better than their group and lower
 * the others (DeepSeekMath, Shao et al. 2024; token-level averaging as in DAPO, Yu et al. 2025). No critic. The loop is
 * a pure function of (options, step): prompts and samples of step s come from (seed, s), it starts where
 * `policy.stepsTaken` says, and restoring a snapshot taken between steps continues to the bit.
 *
 * The policy decides the objective: with the default weighted likelihood this is REINFORCE with a group baseline;
 * make it with `clippedPolicyGradient(...)` for clipping, KL and entropy terms. On-policy the loss is near 0 in
 * *value*; watch `reward`. Left out: dynamic sampling, several optimizer batches per rollout batch.
 */
import type {
  ConversationRenderer,
  LanguageModel,
  RunOptions,
  TaskSet,
  Tool,
  TrainableModel,
} from '@llm/core';
import { createRandom, emit, LlmError, throwIfAborted } from '@llm/core';
import type { AdvantageOptions } from './group-advantages.js';
import { groupAdvantages } from './group-advantages.js';
import type { Aggregation } from './policy-batch.js';
import { createPolicyBatch } from './policy-batch.js';
import type { Rollout } from './rollout.js';
import { rollout } from './rollout.js';
import { rolloutMetrics } from './rollout-metrics.js';
import { createShuffledPasses } from './shuffled-passes.js';
import { transcript } from './transcript.js';

export interface TrainPolicyOptions extends RunOptions {
  /** The model to improve; its optimizer state must be its own, with 0 steps taken at the start of RL. */
  readonly policy: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly tasks: TaskSet;
  readonly tools?: readonly Tool[] | undefined;
  /** Rollout batches in all, those already done included. */
  readonly steps: number;
  /** Default 16. */
  readonly promptsPerStep?: number | undefined;
  /** Group size. Default 16. */
  readonly samplesPerPrompt?: number | undefined;
  readonly maxNewTokens: number;
  /** Default 1: sampling from the policy itself. */
  readonly temperature?: number | undefined;
  /** Learning rate of a rollout batch, counted from 0. */
  readonly schedule: (step: number) => number;
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
  /** Positions per row are rounded up to a multiple of this. Default 16. */
  readonly columnMultiple?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Calls `onCheckpoint` after every so many rollout batches, and after the last. Default: only after the last. */
  readonly saveEvery?: number | undefined;
  /** `step`: rollout batches done. The next one waits until it resolves. */
  readonly onCheckpoint?: ((step: number) => Promise<void> | void) | undefined;
  /** Emit one answer as a `sample` event every so many batches. Default 10; 0 is never. */
  readonly sampleEvery?: number | undefined;
  /** Name in events. Default `rl`. */
  readonly stage?: string | undefined;
}

export interface TrainPolicyReport {
  /** Rollout batches done, those of earlier calls included. */
  readonly steps: number;
  /** Training reward of each batch done in this call. */
  readonly rewards: readonly number[];
  readonly completions: number;
  /** Tokens the policy chose in this call. */
  readonly tokens: number;
}

/**
 * Throws `rl/no-tasks`, `rl/checkpoint-inside-batch` when the policy was saved between two updates of one batch,
 * `rl/tool-asynchronous`, and what the policy throws.
 */
export async function trainPolicy(options: TrainPolicyOptions): Promise<TrainPolicyReport> {
  const { policy, renderer, tasks, tools = [], steps, maxNewTokens, signal, onEvent } = options;
  const { promptsPerStep = 16, samplesPerPrompt = 16, updatesPerBatch = 1, seed = 0, stage = 'rl' } = options;
  if (policy.stepsTaken % updatesPerBatch !== 0) {
    throw new LlmError({
      code: 'rl/checkpoint-inside-batch',
      message: `The policy took ${policy.stepsTaken} optimizer steps, which is not a whole number of batches of ${updatesPerBatch} updates; restore a snapshot from onCheckpoint.`,
      details: { stepsTaken: policy.stepsTaken, updatesPerBatch },
    });
  }
  if (tasks.train.length === 0) {
    throw new LlmError({
      code: 'rl/no-tasks',
      message: `The task set "${tasks.name}" has no training tasks; give at least one.`,
      details: { taskSet: tasks.name },
    });
  }
  const order = createShuffledPasses(tasks.train, promptsPerStep, seed, 'tasks');
  const rewards: number[] = [];
  const warn = createWarner(options);
  let completions = 0;
  let tokens = 0;
  emit(onEvent, { type: 'stage-start', stage, total: steps });
  for (let step = policy.stepsTaken / updatesPerBatch; step < steps; step++) {
    throwIfAborted(signal);
    const started = performance.now();
    const rollouts = await rollout({
      model: policy,
      renderer,
      tasks: order.batch(step),
      reward: (task, parts) => tasks.reward(task, parts),
      tools,
      samplesPerPrompt,
      maxNewTokens,
      temperature: options.temperature ?? 1,
      seed: createRandom(seed, 'rollout', step).uint32(),
      requireWellFormed: options.requireWellFormed ?? true,
      ...(signal ? { signal } : {}),
    });
    const sampled = performance.now();
    const advantages = groupAdvantages(
      rollouts.map(({ reward }) => reward),
      samplesPerPrompt,
      options.advantages,
    );
    const plain = createPolicyBatch({
      rollouts,
      advantages: advantages.values,
      maxNewTokens,
      contextLength: policy.contextLength,
      ...(options.aggregation === undefined ? {} : { aggregation: options.aggregation }),
      ...(options.columnMultiple === undefined ? {} : { columnMultiple: options.columnMultiple }),
      ...(options.maskTruncated === undefined ? {} : { maskTruncated: options.maskTruncated }),
    });
    const batch =
      options.reference === undefined
        ? plain
        : {
            ...plain,
            extraInputs: {
              ...plain.extraInputs,
              referenceLogProbabilities: await options.reference.logProbabilities(plain),
            },
          };
    const learningRate = options.schedule(step);
    let result = await policy.trainStep(batch, { learningRate });
    for (let update = 1; update < updatesPerBatch; update++) {
      result = await policy.trainStep(batch, { learningRate });
    }
    const finished = performance.now();
    const metrics = rolloutMetrics(rollouts);
    rewards.push(advantages.rewardMean);
    completions += rollouts.length;
    tokens += metrics.num_tokens!;
    emit(onEvent, { type: 'progress', stage, done: step + 1, total: steps, unit: 'steps' });
    emit(onEvent, {
      type: 'metric',
      stage,
      step,
      values: {
        reward: advantages.rewardMean,
        reward_std: advantages.rewardDeviation,
        frac_reward_zero_std: advantages.zeroVarianceFraction,
        ...metrics,
        loss: result.loss,
        grad_norm: result.gradientNorm,
        learning_rate: learningRate,
        step_time: (finished - started) / 1000,
        rollout_time: (sampled - started) / 1000,
        ...result.metrics,
      },
    });
    const sampleEvery = options.sampleEvery ?? 10;
    if (sampleEvery > 0 && step % sampleEvery === 0) emitSample(options, stage, step, rollouts[0]!);
    warn(advantages.zeroVarianceFraction, rollouts, step);
    const done = step + 1;
    if (done === steps || (options.saveEvery !== undefined && done % options.saveEvery === 0)) {
      await options.onCheckpoint?.(done);
    }
  }
  const done = policy.stepsTaken / updatesPerBatch;
  const last = rewards.slice(-10);
  emit(onEvent, {
    type: 'stage-end',
    stage,
    summary: {
      steps: done,
      completions,
      ...(last.length === 0 ? {} : { reward: last.reduce((sum, reward) => sum + reward, 0) / last.length }),
    },
  });
  return { steps: done, rewards, completions, tokens };
}

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
