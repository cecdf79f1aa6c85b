/**
 * Practice: sample several answers per prompt, score them, raise the probability of answers better than was
 * to be expected and lower the others. What was to be expected is the mean of a prompt's answers (GRPO,
 * DeepSeekMath, Shao et al. 2024, and its relatives) or what a critic says (PPO, Schulman et al. 2017).
 * Trained by the one loop of `@llm/core/training`; prompts and samples of step s come from (seed, s), so that
 * a snapshot taken between steps continues to the bit.
 *
 * The policy decides the objective: with the default weighted likelihood this is REINFORCE with a group
 * baseline; `policyMethod(name)` gives the objective and the options of a method by its name. On-policy the
 * loss is near 0 in *value*; watch `reward`.
 */
import { emit } from '@llm/core';
import { runTrainingLoop } from '@llm/core/training';
import { warnOfForeignReference } from '../foreign-reference.js';
import type { Rollout } from '../rollout/rollout.js';
import { rollout } from '../rollout/rollout.js';
import { rolloutMetrics } from '../rollout/rollout-metrics.js';
import { transcript } from '../rollout/transcript.js';
import { fitTasks, type SkippedTask, warnOfSkippedTasks } from '../tasks/fit-tasks.js';
import { chosenAnswers } from './chosen-answers.js';
import { criticize } from './critic.js';
import { createDraw } from './draw-rollouts.js';
import { groupAdvantages } from './group-advantages.js';
import { miniBatches } from './mini-batches.js';
import { createPolicyBatch } from './policy-batch.js';
import { watchPolicy } from './policy-warnings.js';
import { prepareRollouts, tokenRewards } from './prepare-rollouts.js';
import { samplerMetrics, stampedDraw } from './sampler-version.js';
import { checkPolicyOptions, type TrainPolicyOptions, windowOf } from './train-policy-options.js';

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

/**
 * A training task whose prompt leaves no room for an answer is left out, reported, and named in a `warning`
 * event before the first step. Throws `core/option-invalid`, `rl/no-tasks`, `rl/reference-unfit`,
 * `rl/checkpoint-inside-batch` when the policy was saved between two updates of one batch,
 * `rl/critic-out-of-step`, and what `rollout` and the policy throw.
 */
export async function trainPolicy(options: TrainPolicyOptions): Promise<TrainPolicyReport> {
  const { policy, renderer, tasks, maxNewTokens, critic } = options;
  const { promptsPerStep = 16, samplesPerPrompt = 16, seed = 0, stage = 'rl' } = options;
  const { updatesPerBatch: passes = 1, optimizerBatches = 1 } = options;
  const updates = passes * optimizerBatches;
  checkPolicyOptions(options, updates);
  const fitting = fitTasks(tasks.train, `training tasks of "${tasks.name}"`, renderer, policy);
  const contextLength = windowOf(options, fitting);
  warnOfSkippedTasks(fitting, stage, options.onEvent);
  const failing = new Set<string>();
  const draw = createDraw({
    tasks: fitting.tasks,
    promptsPerStep,
    samplesPerPrompt,
    seed,
    curriculum: options.curriculum,
    dynamicSampling: options.dynamicSampling,
    answer: (chosen, rolloutSeed) =>
      stampedDraw(options, (version) =>
        rollout({
          model: options.sampler ?? policy,
          renderer,
          tasks: chosen,
          reward: (task, parts) => tasks.reward(task, parts),
          rewards: options.rewards,
          rewardName: tasks.name,
          rewardTimeoutSeconds: options.rewardTimeoutSeconds,
          tools: options.tools ?? [],
          environment: options.environment,
          samplesPerPrompt,
          maxNewTokens,
          temperature: options.temperature ?? 1,
          seed: rolloutSeed,
          requireWellFormed: options.requireWellFormed ?? true,
          version,
          onRewardErrors: ({ name, errors, firstError }) => {
            if (failing.has(name)) return;
            failing.add(name);
            const message = `The reward "${name}" failed on ${errors} answers of a step, which it has no say about: ${firstError}`;
            emit(options.onEvent, { type: 'warning', stage, code: 'rl/reward-errors', message });
          },
          signal: options.signal,
        }),
      ),
  });
  const rewards: number[] = [];
  const watch = watchPolicy({ maxNewTokens, stage, onEvent: options.onEvent });
  const sampleEvery = options.sampleEvery ?? 10;
  let completions = 0;
  const { steps, tokens } = await runTrainingLoop({
    ...options,
    model: policy,
    stage,
    updatesPerBatch: updates,
    maximumLossRise: options.maximumLossRise ?? Number.POSITIVE_INFINITY,
    onEvent: (event) => {
      if (event.type === 'metric') watch.update(event.step, event.values);
      options.onEvent?.(event);
    },
    batch: async (step) => {
      const started = performance.now();
      const { rollouts: sampled, metrics: sampling } = await draw(step);
      const rolloutSeconds = (performance.now() - started) / 1000;
      const { rollouts, reference, factors, temperature, metrics } = await prepareRollouts(options, sampled);
      if (rewards.length === 0 && reference !== undefined)
        warnOfForeignReference(chosenScores(rollouts, reference), {
          stage,
          vocabularySize: policy.vocabularySize,
          onEvent: options.onEvent,
        });
      const rewardsByToken = rollouts.map((each, i) => tokenRewards(options, each, reference?.[i]));
      const totals = rewardsByToken.map((each) => each.reduce((sum, reward) => sum + reward, 0));
      const group = groupAdvantages(
        rollouts.map(({ isScored = true }, i) => (isScored ? totals[i]! : null)),
        samplesPerPrompt,
        options.advantages,
      );
      const criticism =
        critic &&
        (await criticize(critic, rollouts, rewardsByToken, {
          step,
          updates,
          optimizerBatches,
          columnMultiple: options.columnMultiple,
          rowsAtOnce: options.rowsAtOnce,
        }));
      const chosen = options.accept && chosenAnswers(rollouts, options.accept);
      const advantages = chosen?.advantages ?? criticism?.advantages ?? group.values;
      await options.onRollouts?.({ step: step + 1, samplesPerPrompt, rollouts, advantages });
      const learnt = chosen?.places ?? rollouts.map((_, i) => i);
      const batch = createPolicyBatch({
        rollouts: learnt.map((i) => rollouts[i]!),
        advantages: learnt.map((i) => advantages[i]!),
        maxNewTokens,
        contextLength,
        aggregation: options.aggregation,
        columnMultiple: options.columnMultiple,
        leaveTied: options.leaveTied,
        // Few answers are accepted, and not as many of each prompt.
        answersPerPrompt: sharesPrompts(options) && !chosen ? samplesPerPrompt : undefined,
        maskTruncated: options.maskTruncated,
        rowsAtOnce: options.rowsAtOnce,
        referenceLogProbabilities: reference && learnt.map((i) => reference[i]!),
        gainFactors: factors,
        temperature,
      });
      rewards.push(group.rewardMean);
      completions += rollouts.length;
      if (sampleEvery > 0 && step % sampleEvery === 0) emitSample(options, stage, step + 1, rollouts[0]!);
      watch.rollouts(step + 1, rollouts, group.zeroVarianceFraction, chosen?.metrics.accepted);
      return {
        batch: miniBatches(batch, optimizerBatches),
        metrics: {
          reward: group.rewardMean,
          reward_std: group.rewardDeviation,
          frac_reward_zero_std: group.zeroVarianceFraction,
          ...rolloutMetrics(sampled),
          ...samplerMetrics(options, sampled),
          ...sampling,
          ...metrics,
          ...criticism?.metrics,
          ...chosen?.metrics,
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

/** Parts of a batch are counted in rows of one answer each, and a limit of rows is chosen for such. */
const sharesPrompts = ({ sharePrompts, ...options }: TrainPolicyOptions): boolean =>
  sharePrompts ??
  (options.rowsAtOnce === undefined &&
    (options.optimizerBatches ?? 1) === 1 &&
    options.aggregation !== 'micro-batch');

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the tokens that the policy chose. */
function* chosenScores(
  rollouts: readonly Rollout[],
  scores: readonly Float32Array[],
): Generator<number, void, undefined> {
  for (const [i, { mask }] of rollouts.entries())
    for (const [t, own] of mask.entries()) if (own === 1) yield scores[i]![t]!;
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
