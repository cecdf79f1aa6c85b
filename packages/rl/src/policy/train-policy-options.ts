/** What practice can be told, and what of it cannot be. */
import type { ConversationRenderer, ScoringModel, TaskSet, TrainableModel } from '@llm/core';
import { checkNumber, checkNumbers, LlmError } from '@llm/core';
import type { TrainingOptions } from '@llm/core/training';
import type { RejectionOptions } from '../rollout/best-of-n.js';
import type { Environment } from '../rollout/environment.js';
import type { RewardTerm } from '../rollout/reward-terms.js';
import type { Sampler } from '../rollout/sampler.js';
import type { FittingTasks } from '../tasks/fit-tasks.js';
import type { AnyTool } from '../tools/asynchronous-tool.js';
import { type CriticOptions, checkCritic } from './critic.js';
import type { Curriculum, DynamicSamplingOptions } from './draw-rollouts.js';
import type { AdvantageOptions } from './group-advantages.js';
import { checkImportanceCorrection, type ImportanceCorrectionOptions } from './importance-correction.js';
import { overlongPunishment } from './overlong-punishment.js';
import type { Aggregation } from './policy-batch.js';
import { checkSamplerVersion, type SamplerVersionOptions } from './sampler-version.js';
import type { StepRolloutsListener } from './step-rollouts.js';

/** `steps` and what `schedule`, checkpoints and measurements count are rollout batches. */
export interface TrainPolicyOptions extends TrainingOptions, SamplerVersionOptions {
  /** The model to improve; its optimizer state must be its own, with 0 steps taken at the start of RL. */
  readonly policy: TrainableModel;
  readonly renderer: ConversationRenderer;
  readonly tasks: TaskSet;
  readonly tools?: readonly AnyTool[] | undefined;
  /** Answers what the policy says, several times over, and rewards it in the place of the task set. */
  readonly environment?: Environment | undefined;
  /** Several rewards by weight, in the place of the task set's own. */
  readonly rewards?: readonly RewardTerm[] | undefined;
  /** How long a reward, or a turn of the environment, is waited for. Default 300. */
  readonly rewardTimeoutSeconds?: number | undefined;
  /** Default 16. */
  readonly promptsPerStep?: number | undefined;
  /** Group size. Default 16. */
  readonly samplesPerPrompt?: number | undefined;
  readonly maxNewTokens: number;
  /** Default 1: sampling from the policy itself. */
  readonly temperature?: number | undefined;
  /**
   * Train the probabilities that were sampled from, those at `temperature`, as TRL does; at another than 1
   * that scores each batch once more. False: those at 1, which the policy has where it is used at 1; the
   * ratio then compares like with like, too, but the answers are not drawn from what is trained. Default
   * true.
   */
  readonly tempered?: boolean | undefined;
  /**
   * Another model that answers: a server with a copy of the weights (`createRemoteSampler`), an earlier
   * policy. With one give `importanceCorrection` or `samplerVersion`, or both. Default: the policy.
   */
  readonly sampler?: Sampler | undefined;
  /** Default: none, the answers are the policy's own. */
  readonly importanceCorrection?: ImportanceCorrectionOptions | undefined;
  /** Optimizer steps on each rollout (μ). Default 1. More need an objective with a ratio. */
  readonly updatesPerBatch?: number | undefined;
  /**
   * Parts of a rollout batch that each are an optimizer step, as TRL's `steps_per_generation` and verl's mini
   * batches. Default 1.
   */
  readonly optimizerBatches?: number | undefined;
  /**
   * Default: reward minus the group's mean, unscaled: scaling by deviations favours what is nearly solved.
   */
  readonly advantages?: AdvantageOptions | undefined;
  /**
   * Rejection sampling (RAFT): only the best answers to each task are learnt from, as likely as they can be
   * made, if they earn enough. In the place of `advantages`; for `reinforce()`. A step without one learns
   * nothing. Default: all answers are learnt from, by their advantages.
   */
  readonly accept?: RejectionOptions | undefined;
  /** PPO: advantages of each token from a critic, in the place of `advantages`. */
  readonly critic?: CriticOptions | undefined;
  /** Default `token`. */
  readonly aggregation?: Aggregation | undefined;
  /**
   * Frozen model whose log-probabilities become the extra input `referenceLogProbabilities` (KL term). Of a
   * policy with adapters: `policy.withoutAdapters()`, without a second copy.
   */
  readonly reference?: ScoringModel | undefined;
  /**
   * β of the KL in the *reward*, k1 of the reference as RLOO and PPO have it: each token costs
   * β · (log π − log ref). Needs a `reference`. Default 0.
   */
  readonly klPenalty?: number | undefined;
  /** Soft punishment of answers near `maxNewTokens` (DAPO), over the last `cache` tokens. Default: none. */
  readonly overlong?: { readonly cache: number; readonly maximum?: number | undefined } | undefined;
  /** Replace groups that teach nothing by others (DAPO). Default: none. */
  readonly dynamicSampling?: DynamicSamplingOptions | undefined;
  /** Which tasks a step may try. Default: all. */
  readonly curriculum?: Curriculum | undefined;
  /** Leave cut-off answers out of the loss, see `createPolicyBatch`. Default false. */
  readonly maskTruncated?: boolean | undefined;
  /** Reward 0 for answers that are not well formed. Default true. */
  readonly requireWellFormed?: boolean | undefined;
  /**
   * Answers to one prompt share rows, in which it stands once (`branches` of the batch), as many of them as
   * make a step the least work; the gradient is the same. Default: yes, except with `rowsAtOnce`, with
   * `optimizerBatches` and with the aggregation `micro-batch`, which count rows of one answer.
   */
  readonly sharePrompts?: boolean | undefined;
  /**
   * Leave groups whose answers all got the same reward out of the update: their gradient is 0 where the
   * objective has no term of KL or entropy. The objective's metrics are then of the others. Default false.
   */
  readonly leaveTied?: boolean | undefined;
  /** Positions per row are rounded up to a multiple of this. Default 16. */
  readonly columnMultiple?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Emit one answer as a `sample` event every so many batches. Default 10; 0 is never. */
  readonly sampleEvery?: number | undefined;
  /** Told of every batch before it is learnt from: its answers, rewards and advantages. Default: nobody. */
  readonly onRollouts?: StepRolloutsListener | undefined;
  /** Default Infinity: the value of a policy's loss says nothing about the policy. */
  readonly maximumLossRise?: number | undefined;
}

const count = { minimum: 1, integer: true };

/** `updates`: optimizer steps on a rollout batch in all. Throws as `trainPolicy` says. */
export function checkPolicyOptions(options: TrainPolicyOptions, updates: number): void {
  const { policy, reference, klPenalty = 0, maxNewTokens, overlong, critic, importanceCorrection } = options;
  checkNumber('maxNewTokens', maxNewTokens, count);
  checkNumbers(options, {
    promptsPerStep: count,
    samplesPerPrompt: count,
    temperature: { minimum: 0 },
    updatesPerBatch: count,
    optimizerBatches: count,
    klPenalty: { minimum: 0 },
    columnMultiple: count,
    seed: {},
    sampleEvery: { minimum: 0, integer: true },
  });
  if (overlong !== undefined)
    overlongPunishment(0, { cache: overlong.cache, maximum: overlong.maximum ?? maxNewTokens });
  if (importanceCorrection !== undefined) checkImportanceCorrection(importanceCorrection);
  checkSamplerVersion(options);
  const refuse = (option: string, message: string): never => {
    throw new LlmError({ code: 'core/option-invalid', message, details: { option } });
  };
  if (klPenalty !== 0 && reference === undefined)
    refuse('klPenalty', `klPenalty is ${klPenalty}, and there is no reference to keep near: give one.`);
  const rival = (['advantages', 'critic', 'overlong', 'importanceCorrection'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (options.accept !== undefined && (rival !== undefined || klPenalty !== 0))
    refuse(
      'accept',
      `accept takes answers as they are, so ${rival ?? 'klPenalty'} has no effect: leave it out.`,
    );
  if (critic !== undefined && options.advantages !== undefined)
    refuse('advantages', 'advantages and critic are both given, and only one can say them: leave one out.');
  if (policy.stepsTaken % updates !== 0)
    throw new LlmError({
      code: 'rl/checkpoint-inside-batch',
      message: `The policy took ${policy.stepsTaken} optimizer steps, which is not a whole number of batches of ${updates} updates; restore a snapshot from onCheckpoint.`,
      details: { stepsTaken: policy.stepsTaken, updatesPerBatch: updates },
    });
  if (critic !== undefined) checkCritic(critic, policy.stepsTaken);
}

/**
 * Positions that policy and reference both hold. Throws
 * `rl/reference-unfit` when an answer could be more than the reference's.
 */
export function windowOf(
  { policy, reference, maxNewTokens }: TrainPolicyOptions,
  { longestPrompt }: FittingTasks,
): number {
  if (reference === undefined) return policy.contextLength;
  const longest = Math.min(policy.contextLength, longestPrompt + maxNewTokens);
  if (longest > reference.contextLength || policy.vocabularySize > reference.vocabularySize)
    throw new LlmError({
      code: 'rl/reference-unfit',
      message: `The reference sees ${reference.contextLength} tokens of ${reference.vocabularySize} ids; answers of the policy may have ${longest} of ${policy.vocabularySize}. Give a reference as large as the policy.`,
      details: { longest, contextLength: reference.contextLength },
    });
  return Math.min(policy.contextLength, reference.contextLength);
}
