/**
 * GKD (Agarwal et al. 2023, "On-Policy Distillation of Language Models"): the student's whole distribution at
 * a position against the teacher's. With p the teacher, q the student and m = β p + (1 − β) q,
 *   β = 0      KL(p ‖ q): cover what the teacher may say
 *   β = 1      KL(q ‖ p): say nothing that the teacher would not
 *   between    β KL(p ‖ m) + (1 − β) KL(q ‖ m), the generalised Jensen–Shannon divergence
 * as TRL's GKDTrainer computes it. Both distributions are taken at the batch's `temperature`.
 */
import { checkNumbers } from '@llm/core';
import type { Objective, Tensor } from '@llm/graph';
import { add, div, exp, log, mul, reduceSum, sub } from '@llm/graph';

export interface GeneralizedDivergenceOptions {
  /** β, 0 to 1. Default 0.5. */
  readonly beta?: number | undefined;
}

/**
 * Input for each id: `teacher`, log p of the teacher. `weights` are 1 where the student learns, `normalizer`
 * is their sum. Throws `core/option-invalid`.
 */
export function generalizedDivergence(options: GeneralizedDivergenceOptions = {}): Objective {
  checkNumbers(options, { beta: { minimum: 0, maximum: 1 } });
  const { beta = 0.5 } = options;
  const divergence = (from: Tensor, to: Tensor): Tensor => reduceSum(mul(exp(from), sub(from, to)), -1);
  return {
    name: 'generalized-divergence',
    extraInputs: [],
    vocabularyInputs: ['teacher'],
    build: ({ distribution, extra, weights, normalizer }) => {
      const student = distribution();
      const teacher = extra.teacher!;
      const between = (): Tensor => {
        const mixture = log(add(mul(exp(teacher), beta), mul(exp(student), 1 - beta)));
        return add(mul(divergence(teacher, mixture), beta), mul(divergence(student, mixture), 1 - beta));
      };
      const each =
        beta === 0 ? divergence(teacher, student) : beta === 1 ? divergence(student, teacher) : between();
      return { loss: div(reduceSum(mul(each, weights)), normalizer) };
    },
  };
}
