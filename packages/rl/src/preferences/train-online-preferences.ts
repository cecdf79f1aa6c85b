/**
 * Online DPO (Guo et al. 2024): the policy answers each prompt twice, a reward or a judge says which answer
 * is better, and the pair is a step of `directPreference`: what was compared is what the policy says now. By
 * the one training loop of `@llm/core/training`; a snapshot continues to the bit. Answers that tie teach
 * nothing and stay in the number of pairs that is divided by.
 */
import type { ConversationRenderer, ScoringModel, TaskSet, TrainableModel } from '@llm/core';
import { checkNumber, checkNumbers, createRandom } from '@llm/core';
import { runTrainingLoop, type TrainingOptions } from '@llm/core/training';
import type { StepRolloutsListener } from '../policy/step-rollouts.js';
import { type Rollout, rollout } from '../rollout/rollout.js';
import { rolloutMetrics } from '../rollout/rollout-metrics.js';
import { callTogether, type WithinTime } from '../rollout/within-time.js';
import { createShuffledPasses } from '../shuffled-passes.js';
import { fitTasks, type SkippedTask, warnOfSkippedTasks } from '../tasks/fit-tasks.js';
import type { RenderedAnswer } from './answer-rows.js';
import { askJudge } from './ask-judge.js';
import type { PairJudge, Verdict } from './judge.js';
import { createPreferenceBatch, type RenderedPair } from './preference-batch.js';

export interface TrainOnlinePreferencesOptions extends Omit<TrainingOptions, 'rowsAtOnce'> {
  /** Made with `directPreference(...)`. */
  readonly policy: TrainableModel;
  /** Frozen; of a policy with adapters `policy.withoutAdapters()`. */
  readonly reference: ScoringModel;
  readonly renderer: ConversationRenderer;
  readonly tasks: TaskSet;
  /** In the place of the task set's reward: see `createJudge`. */
  readonly judge?: PairJudge | undefined;
  /** How long a reward or a verdict is waited for. Default 300. */
  readonly rewardTimeoutSeconds?: number | undefined;
  /** Default 16. */
  readonly promptsPerStep?: number | undefined;
  readonly maxNewTokens: number;
  /** Default 1. */
  readonly temperature?: number | undefined;
  /** Pairs computed at a time. Default: all. */
  readonly pairsAtOnce?: number | undefined;
  /** Reward 0 for answers that are not well formed. Default true. */
  readonly requireWellFormed?: boolean | undefined;
  /** Told of every batch before it is learnt from; advantages are 1 of the better answer, −1 of the other. */
  readonly onRollouts?: StepRolloutsListener | undefined;
  /** Default Infinity. */
  readonly maximumLossRise?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

export interface TrainOnlinePreferencesReport {
  readonly steps: number;
  readonly losses: readonly number[];
  readonly skipped: readonly SkippedTask[];
}

const count = { minimum: 1, integer: true };

/**
 * Throws `core/option-invalid`, `rl/no-tasks`, `rl/judge-failed` for a judge that throws or takes too long,
 * `rl/judge-invalid` for one that gives no verdict (both name the task), and what `rollout` and models throw.
 */
export async function trainOnlinePreferences(
  options: TrainOnlinePreferencesOptions,
): Promise<TrainOnlinePreferencesReport> {
  const { policy, reference, renderer, tasks, judge, maxNewTokens, pairsAtOnce } = options;
  const { promptsPerStep = 16, seed = 0, stage = 'online-preferences' } = options;
  checkNumber('maxNewTokens', maxNewTokens, count);
  checkNumbers(options, {
    promptsPerStep: count,
    pairsAtOnce: count,
    temperature: { above: 0 },
    seed: {},
    rewardTimeoutSeconds: { above: 0 },
  });
  const fitting = fitTasks(tasks.train, `training tasks of "${tasks.name}"`, renderer, policy);
  warnOfSkippedTasks(fitting, stage, options.onEvent);
  const order = createShuffledPasses(fitting.tasks, promptsPerStep, seed, 'tasks');
  const window = Math.min(policy.contextLength, reference.contextLength);

  const verdictOf = async (withinTime: WithinTime, first: Rollout, second: Rollout): Promise<Verdict> => {
    if (judge !== undefined && first.wellFormed && second.wellFormed)
      return askJudge(judge, first, second, { withinTime, timeoutSeconds: options.rewardTimeoutSeconds });
    if (judge !== undefined && first.wellFormed !== second.wellFormed)
      return first.wellFormed ? 'first' : 'second';
    if (judge !== undefined || first.reward === second.reward) return 'none';
    return first.reward > second.reward ? 'first' : 'second';
  };

  const { steps, losses } = await runTrainingLoop({
    ...options,
    model: policy,
    stage,
    maximumLossRise: options.maximumLossRise ?? Number.POSITIVE_INFINITY,
    rowsAtOnce: pairsAtOnce && 2 * pairsAtOnce,
    batch: async (step) => {
      const rollouts = await rollout({
        model: policy,
        renderer,
        tasks: order.batch(step),
        reward: judge === undefined ? (task, parts) => tasks.reward(task, parts) : () => 0,
        rewardName: tasks.name,
        rewardTimeoutSeconds: options.rewardTimeoutSeconds,
        samplesPerPrompt: 2,
        maxNewTokens: Math.min(maxNewTokens, window - fitting.longestPrompt),
        temperature: options.temperature ?? 1,
        seed: createRandom(seed, 'rollout', step).uint32(),
        requireWellFormed: options.requireWellFormed ?? true,
        signal: options.signal,
      });
      const pairs = rollouts.flatMap((first, i) => (i % 2 === 0 ? [[first, rollouts[i + 1]!] as const] : []));
      const verdicts = await callTogether(options.signal, (withinTime) =>
        Promise.all(pairs.map(([first, second]) => verdictOf(withinTime, first, second))),
      );
      const rendered = pairs.map(([first, second], i): RenderedPair => {
        const [chosen, rejected] = verdicts[i] === 'second' ? [second, first] : [first, second];
        const counts = verdicts[i] !== 'none';
        return { chosen: drawnAnswer(chosen, counts), rejected: drawnAnswer(rejected, counts), margin: 0 };
      });
      const advantages = verdicts.flatMap((verdict) =>
        verdict === 'none' ? [0, 0] : verdict === 'first' ? [1, -1] : [-1, 1],
      );
      await options.onRollouts?.({ step: step + 1, samplesPerPrompt: 2, rollouts, advantages });
      const longest = Math.max(...rollouts.map(({ prompt, ids }) => prompt.length + ids.length - 1));
      const batch = createPreferenceBatch(rendered, {
        isShared: false,
        columns: Math.min(window, Math.ceil(longest / 16) * 16),
        place: 'answers',
      });
      const extraInputs = { referenceLogProbabilities: await reference.logProbabilities(batch) };
      const tied = verdicts.filter((verdict) => verdict === 'none').length;
      return {
        batch: { ...batch, extraInputs },
        metrics: {
          reward: rollouts.reduce((sum, { reward }) => sum + reward, 0) / rollouts.length,
          frac_pairs_tied: tied / pairs.length,
          ...rolloutMetrics(rollouts),
        },
      };
    },
    summary: () => ({ skipped: fitting.skipped.length }),
  });
  return { steps, losses, skipped: fitting.skipped };
}

/** As it was drawn, token by token: rendering its text again might give others. */
function drawnAnswer({ prompt, ids, mask }: Rollout, counts: boolean): RenderedAnswer {
  const whole = new Int32Array(prompt.length + ids.length);
  whole.set(prompt);
  whole.set(ids, prompt.length);
  const own = new Uint8Array(whole.length);
  if (counts) own.set(mask, prompt.length);
  return { ids: whole, mask: own };
}
