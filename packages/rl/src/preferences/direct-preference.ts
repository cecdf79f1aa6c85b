/**
 * DPO (Rafailov et al. 2023) and its relatives: learning from pairs "this answer rather than that one"
 * without a reward model, under TRL's names. Batches are those of `createPreferenceBatch`. With c = log π −
 * log ref of the chosen answer, r of the rejected one, summed over their tokens, and Δ = c − r:
 *   sigmoid       −log σ(βΔ); with label smoothing ε cDPO (Mitchell 2023): −(1 − ε) log σ(βΔ) − ε log σ(−βΔ)
 *   robust        [−(1 − ε) log σ(βΔ) + ε log σ(−βΔ)] / (1 − 2ε)              Chowdhury et al. 2024
 *   hinge         max(0, 1 − βΔ)                                             SLiC, Zhao et al. 2023
 *   ipo           (Δ̄ − 1/(2β))², Δ̄ of means over tokens                      Azar et al. 2023
 *   sigmoid_norm  −log σ(βΔ̄)                                                 Tülu 3, Lambert et al. 2024
 *   apo_zero      1 − σ(βc) + σ(βr)                                          D'Oosterlinck et al. 2024
 *   apo_down      σ(βc) + 1 − σ(βΔ)
 *   exo_pair      KL of [σ(βΔ), σ(−βΔ)] from [1 − ε, ε]                      Ji et al. 2024
 *   nca_pair      −log σ(βc) − ½ log σ(−βc) − ½ log σ(−βr)                   Chen et al. 2024
 *   bco_pair      −log σ(βc) − log σ(−βr)                                    Jung et al. 2024, without its shift
 *   sppo_hard     (c − 1/(2β))² + (r + 1/(2β))²                              Wu et al. 2024
 *   discopop      (1 − s) · −log σ(βΔ) + s · exp(−βΔ), s = σ(βΔ/τ)           Lu et al. 2024
 * Left out of TRL's list: `aot` and `aot_unpaired`, which sort a whole batch.
 */
import { checkChoice, checkNumbers, LlmError } from '@llm/core';
import type { Objective, Tensor } from '@llm/graph';
import { add, div, exp, max, mul, neg, pow, reduceSum, sigmoid, sub } from '@llm/graph';
import {
  chosenLikelihoodLoss,
  meanOf,
  negativeLogSigmoid,
  ofBoth,
  type Pair,
  pairLengths,
  pairScores,
  rewardMetrics,
} from './row-scores.js';

interface FormInputs extends Pair {
  /** Of log-ratios: sums over tokens, and means. */
  readonly averaged: Pair;
  readonly beta: number;
  readonly smoothing: number;
  readonly tau: number;
}

const logSigmoid = (x: Tensor): Tensor => neg(negativeLogSigmoid(x));
const gap = ({ chosen, rejected }: Pair): Tensor => sub(chosen, rejected);

/** Each [pairs, 1]. */
const forms = {
  sigmoid: ({ beta, smoothing, ...pair }) => {
    const logit = mul(gap(pair), beta);
    if (smoothing === 0) return negativeLogSigmoid(logit);
    return add(mul(negativeLogSigmoid(logit), 1 - smoothing), mul(negativeLogSigmoid(neg(logit)), smoothing));
  },
  robust: ({ beta, smoothing, ...pair }) => {
    const logit = mul(gap(pair), beta);
    const kept = mul(negativeLogSigmoid(logit), 1 - smoothing);
    return div(sub(kept, mul(negativeLogSigmoid(neg(logit)), smoothing)), 1 - 2 * smoothing);
  },
  hinge: ({ beta, ...pair }) => max(sub(1, mul(gap(pair), beta)), 0),
  ipo: ({ averaged, beta }) => pow(sub(gap(averaged), 1 / (2 * beta)), 2),
  sigmoid_norm: ({ averaged, beta }) => negativeLogSigmoid(mul(gap(averaged), beta)),
  apo_zero: ({ chosen, rejected, beta }) =>
    add(sub(1, sigmoid(mul(chosen, beta))), sigmoid(mul(rejected, beta))),
  apo_down: ({ beta, ...pair }) =>
    add(sigmoid(mul(pair.chosen, beta)), sub(1, sigmoid(mul(gap(pair), beta)))),
  exo_pair: ({ beta, smoothing, ...pair }) => {
    const logit = mul(gap(pair), beta);
    const part = (side: Tensor, share: number): Tensor =>
      mul(sigmoid(side), sub(logSigmoid(side), Math.log(share)));
    return add(part(logit, 1 - smoothing), part(neg(logit), smoothing));
  },
  nca_pair: ({ chosen, rejected, beta }) =>
    add(
      negativeLogSigmoid(mul(chosen, beta)),
      mul(add(negativeLogSigmoid(mul(chosen, -beta)), negativeLogSigmoid(mul(rejected, -beta))), 0.5),
    ),
  bco_pair: ({ chosen, rejected, beta }) =>
    add(negativeLogSigmoid(mul(chosen, beta)), negativeLogSigmoid(mul(rejected, -beta))),
  sppo_hard: ({ chosen, rejected, beta }) =>
    add(pow(sub(chosen, 0.5 / beta), 2), pow(add(rejected, 0.5 / beta), 2)),
  discopop: ({ beta, tau, ...pair }) => {
    const logit = mul(gap(pair), beta);
    const share = sigmoid(div(logit, tau));
    return add(mul(negativeLogSigmoid(logit), sub(1, share)), mul(exp(neg(logit)), share));
  },
} satisfies Readonly<Record<string, (inputs: FormInputs) => Tensor>>;

export type PreferenceForm = keyof typeof forms;

/** Forms that `labelSmoothing` means something to. */
const smoothed: readonly PreferenceForm[] = ['sigmoid', 'robust', 'exo_pair'];

export interface DirectPreferenceOptions {
  /** Strength of the pull towards the reference. Default 0.1. */
  readonly beta?: number | undefined;
  /** Default `sigmoid`. */
  readonly form?: PreferenceForm | undefined;
  /**
   * ε: assumed share of swapped labels, below ½, for `sigmoid` (cDPO), `robust` and `exo_pair`, which needs
   * one. Default 0, of `exo_pair` 0.001.
   */
  readonly labelSmoothing?: number | undefined;
  /**
   * Of `ipo`: log-ratios are means over tokens, as its authors ran it and TRL does, so that long answers do
   * not count by their length. False: sums, as the paper writes it and Mitchell's reference does. Default
   * true.
   */
  readonly averaged?: boolean | undefined;
  /** τ of `discopop`. Default 0.05. */
  readonly discopopTau?: number | undefined;
  /** Weight of −log p of the chosen answers' tokens beside it (RPO, Pang et al. 2024). Default 0. */
  readonly likelihoodCoefficient?: number | undefined;
}

/**
 * Extra input: `referenceLogProbabilities`. `weights` are 1 on the answers' tokens (−1 on those of
 * rejected ones in rows that a pair shares), `normalizer` is the number of pairs. Metrics as TRL:
 * `rewards/chosen`, `rewards/rejected` (β · log-ratio), `rewards/margins`, `rewards/accuracies`,
 * `logps/chosen`, `logps/rejected`. With `sigmoid` the first loss is ln 2 when the policy is the reference.
 * Throws `core/option-invalid`.
 */
export function directPreference(options: DirectPreferenceOptions = {}): Objective {
  const { beta = 0.1, form = 'sigmoid', averaged, discopopTau: tau = 0.05 } = options;
  const { labelSmoothing: smoothing = form === 'exo_pair' ? 0.001 : 0, likelihoodCoefficient = 0 } = options;
  checkChoice('form', form, Object.keys(forms));
  checkNumbers(options, {
    beta: { above: 0 },
    labelSmoothing: form === 'exo_pair' ? { above: 0, below: 0.5 } : { minimum: 0, below: 0.5 },
    discopopTau: { above: 0 },
    likelihoodCoefficient: { minimum: 0 },
  });
  refuseUnread(form, 'labelSmoothing', options.labelSmoothing, smoothed);
  refuseUnread(form, 'averaged', averaged, ['ipo']);
  refuseUnread(form, 'discopopTau', options.discopopTau, ['discopop']);
  return {
    name: `direct-preference-${form}`,
    extraInputs: ['referenceLogProbabilities'],
    readsWhere: 'weights',
    build: (inputs) => {
      const { logProbabilities, extra } = inputs;
      const sums = pairScores(inputs, sub(logProbabilities, extra.referenceLogProbabilities!));
      const lengths = pairLengths(inputs);
      const means = averaged === false ? sums : ofBoth(sums, (sum, side) => div(sum, lengths[side]));
      const losses = forms[form]({ ...sums, averaged: means, beta, smoothing, tau });
      const loss = div(reduceSum(losses), inputs.normalizer);
      const scores = pairScores(inputs, logProbabilities);
      return {
        loss:
          likelihoodCoefficient === 0
            ? loss
            : add(loss, mul(chosenLikelihoodLoss(inputs), likelihoodCoefficient)),
        metrics: {
          ...rewardMetrics({ chosen: mul(sums.chosen, beta), rejected: mul(sums.rejected, beta) }),
          'logps/chosen': meanOf(scores.chosen),
          'logps/rejected': meanOf(scores.rejected),
        },
      };
    },
  };
}

function refuseUnread(form: string, option: string, value: unknown, readers: readonly string[]): void {
  if (value === undefined || value === 0 || readers.includes(form)) return;
  throw new LlmError({
    code: 'core/option-invalid',
    message: `${option} is ${value}, which "${form}" does not read; leave it out, or use ${readers.join(', ')}.`,
    details: { option, form },
  });
}
