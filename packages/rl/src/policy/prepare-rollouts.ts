/** Rollouts as the update needs them: what models say about their tokens, and the reward of each token. */
import type { ScoringModel } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';
import { answerLogProbabilities } from '../rollout/score-rollouts.js';
import { importanceWeights } from './importance-correction.js';
import { overlongPunishment } from './overlong-punishment.js';
import type { TrainPolicyOptions } from './train-policy-options.js';

export interface PreparedRollouts {
  /** With the log-probabilities that the policy is trained against. */
  readonly rollouts: readonly Rollout[];
  readonly reference: readonly Float32Array[] | undefined;
  /** What gains are multiplied by. */
  readonly factors: readonly Float32Array[] | undefined;
  readonly temperature: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
}

/** Scores again what has to be, at the temperature of the sampling. */
export async function prepareRollouts(
  options: TrainPolicyOptions,
  sampled: readonly Rollout[],
): Promise<PreparedRollouts> {
  const { policy, sampler = policy, reference, importanceCorrection: correction } = options;
  const { rowsAtOnce, columnMultiple, tempered = true } = options;
  // Greedy answers are drawn from no distribution that could be trained.
  const isTempered = tempered && options.temperature !== undefined && options.temperature > 0;
  const temperature = isTempered && options.temperature !== 1 ? options.temperature : undefined;
  const score = (model: ScoringModel): Promise<Float32Array[]> =>
    answerLogProbabilities(model, { rollouts: sampled, rowsAtOnce, columnMultiple, temperature });
  const references = reference && (await score(reference));
  if (temperature === undefined && correction === undefined)
    return {
      rollouts: sampled,
      reference: references,
      factors: undefined,
      temperature,
      metrics: klMetrics(options, sampled, references),
    };
  const own = await score(policy);
  const rollouts = sampled.map((each, i) => ({ ...each, logProbabilities: own[i]! }));
  const shared = { rollouts, reference: references, temperature };
  const kl = klMetrics(options, rollouts, references);
  if (correction === undefined) return { ...shared, factors: undefined, metrics: kl };
  const drawn =
    temperature === undefined
      ? sampled.map((each) => each.logProbabilities)
      : await score(sampler as ScoringModel);
  const masks = sampled.map(({ mask }) => mask);
  const { weights, metrics } = importanceWeights(own, drawn, masks, correction);
  return { ...shared, factors: weights, metrics: { ...metrics, ...kl } };
}

/**
 * `objective/kl`: nats that an answer lies from the reference, the mean over answers, where it is in the
 * reward.
 */
function klMetrics(
  { klPenalty = 0 }: TrainPolicyOptions,
  rollouts: readonly Rollout[],
  reference: readonly Float32Array[] | undefined,
): Record<string, number> {
  if (klPenalty === 0 || reference === undefined) return {};
  const sum = rollouts.reduce(
    (total, { logProbabilities, mask }, i) =>
      total + mask.reduce((kl, own, t) => kl + own * (logProbabilities[t]! - reference[i]![t]!), 0),
    0,
  );
  return { 'objective/kl': sum / rollouts.length };
}

/** Of each token: its share of the KL, and the reward of the whole at the last one that the policy chose. */
export function tokenRewards(
  { klPenalty = 0, overlong, maxNewTokens }: TrainPolicyOptions,
  { reward, mask, logProbabilities, ids }: Rollout,
  reference: Float32Array | undefined,
): Float64Array {
  const rewards = new Float64Array(mask.length);
  if (klPenalty !== 0)
    for (const [t, own] of mask.entries())
      if (own === 1) rewards[t] = -klPenalty * (logProbabilities[t]! - reference![t]!);
  const punishment =
    overlong === undefined
      ? 0
      : overlongPunishment(ids.length, { cache: overlong.cache, maximum: overlong.maximum ?? maxNewTokens });
  const last = mask.lastIndexOf(1);
  if (last >= 0) rewards[last]! += reward + punishment;
  return rewards;
}
