/**
 * Learning from pairs "this answer rather than that one", as objectives on
 * whole sequences. Rows come in pairs: row 2i is the chosen answer, row 2i + 1
 * the rejected one. A sequence's score is Σ weights · log p over its positions.
 *
 * `directPreference` is DPO (Rafailov et al. 2023) and its relatives; with Δ = (log π − log ref) of the
 * chosen minus that of the rejected answer, summed over tokens:
 *   sigmoid  −log σ(βΔ)
 *   conservative (cDPO)  −(1 − ε) log σ(βΔ) − ε log σ(−βΔ)
 *   robust   [−(1 − ε) log σ(βΔ) + ε log σ(−βΔ)] / (1 − 2ε)
 *   hinge    max(0, 1 − βΔ)
 *   identity (IPO)  (Δ − 1/(2β))²; Δ of sums as in Mitchell's reference, TRL divides by the lengths: weights 1/length do that
 * `bradleyTerry` trains the score itself: −log σ(s_chosen − s_rejected − margin) + c · (s_chosen +
 * s_rejected)². With weights that select one position per row the score is log p of one token there, e.g. a
 * verdict: a reward model without a new head.
 */
import { checkChoice, checkNumbers } from '@llm/core';
import type { Objective, ObjectiveInputs, Tensor } from '@llm/graph';
import {
  add,
  div,
  greater,
  max,
  mul,
  neg,
  pow,
  reduceSum,
  reshape,
  slice,
  softplus,
  sub,
  where,
} from '@llm/graph';

export type PreferenceForm = 'sigmoid' | 'conservative' | 'robust' | 'hinge' | 'identity';

export interface DirectPreferenceOptions {
  /** Strength of the pull towards the reference. Default 0.1. */
  readonly beta?: number | undefined;
  /** Default `sigmoid`. */
  readonly form?: PreferenceForm | undefined;
  /** ε: assumed share of swapped labels, below ½, for `conservative` and `robust`. Default 0. */
  readonly labelNoise?: number | undefined;
}

/**
 * Extra input: `referenceLogProbabilities`. `weights` are 1 on the answers' tokens,
 * `normalizer` is the number of pairs. Metrics as TRL: `rewards/chosen`,
 * `rewards/rejected` (β · log-ratio), `rewards/margins`, `rewards/accuracies`. The
 * first loss is ln 2 when the policy is the reference. Throws `core/option-invalid`.
 */
export function directPreference(options: DirectPreferenceOptions = {}): Objective {
  const { beta = 0.1, form = 'sigmoid', labelNoise = 0 } = options;
  checkChoice('form', form, ['sigmoid', 'conservative', 'robust', 'hinge', 'identity']);
  checkNumbers(options, { beta: { above: 0 }, labelNoise: { minimum: 0, below: 0.5 } });
  return {
    name: `direct-preference-${form}`,
    extraInputs: ['referenceLogProbabilities'],
    build: (inputs) => {
      const ratios = sub(inputs.logProbabilities, inputs.extra.referenceLogProbabilities!);
      const { chosen, rejected } = pairScores(inputs, ratios);
      const difference = sub(chosen, rejected);
      const loss = div(reduceSum(preferenceForm(form, difference, beta, labelNoise)), inputs.normalizer);
      return { loss, metrics: pairMetrics(mul(chosen, beta), mul(rejected, beta)) };
    },
  };
}

export interface BradleyTerryOptions {
  /** c: keeps scores around 0 (Eisenstein et al. 2023 use 0.01). Default 0. */
  readonly centerCoefficient?: number | undefined;
  /**
   * With `true` the extra input `margin` holds, anywhere in a
   * pair's chosen row, how much better it is. Default false.
   */
  readonly margin?: boolean | undefined;
}

/** `normalizer` is the number of pairs. Metrics as for `directPreference`. Throws `core/option-invalid`. */
export function bradleyTerry(options: BradleyTerryOptions = {}): Objective {
  const { centerCoefficient = 0, margin = false } = options;
  checkNumbers(options, { centerCoefficient: { minimum: 0 } });
  return {
    name: 'bradley-terry',
    extraInputs: margin ? ['margin'] : [],
    build: (inputs) => {
      const { chosen, rejected } = pairScores(inputs, inputs.logProbabilities);
      const gap = margin ? pairScores(inputs, inputs.extra.margin!, false).chosen : 0;
      let losses = negativeLogSigmoid(sub(sub(chosen, rejected), gap));
      if (centerCoefficient !== 0)
        losses = add(losses, mul(pow(add(chosen, rejected), 2), centerCoefficient));
      return { loss: div(reduceSum(losses), inputs.normalizer), metrics: pairMetrics(chosen, rejected) };
    },
  };
}

/**
 * [positions] → two tensors [pairs, 1]: sums over each row,
 * weighted; positions of weight 0 are selected away.
 */
function pairScores(
  { rows, columns, weights }: ObjectiveInputs,
  values: Tensor,
  weighted = true,
): { chosen: Tensor; rejected: Tensor } {
  const used = greater(mul(weights, weights), 0);
  const terms = weighted ? mul(where(used, values, 0), weights) : values;
  const scores = reshape(reduceSum(reshape(terms, [rows, columns]), 1), [rows / 2, 2]);
  return { chosen: slice(scores, 1, 0, 1), rejected: slice(scores, 1, 1, 2) };
}

function preferenceForm(form: PreferenceForm, difference: Tensor, beta: number, noise: number): Tensor {
  const logit = mul(difference, beta);
  const kept = mul(negativeLogSigmoid(logit), 1 - noise);
  const swapped = mul(negativeLogSigmoid(neg(logit)), noise);
  if (form === 'hinge') return max(sub(1, logit), 0);
  if (form === 'identity') return pow(sub(difference, 1 / (2 * beta)), 2);
  if (form === 'robust') return div(sub(kept, swapped), 1 - 2 * noise);
  return form === 'conservative' ? add(kept, swapped) : negativeLogSigmoid(logit);
}

/** −log σ(x) = softplus(−x) */
const negativeLogSigmoid = (x: Tensor): Tensor => softplus(neg(x));

function pairMetrics(chosen: Tensor, rejected: Tensor): Record<string, Tensor> {
  const pairs = Number(chosen.shape[0]);
  const mean = (values: Tensor): Tensor => div(reduceSum(values), pairs);
  const one = chosen.graph.constant([1], []);
  return {
    'rewards/chosen': mean(chosen),
    'rewards/rejected': mean(rejected),
    'rewards/margins': mean(sub(chosen, rejected)),
    'rewards/accuracies': mean(where(greater(chosen, rejected), one, 0)),
  };
}
