/**
 * Methods by their names: the objective that the policy is made with, and what `trainPolicy` has to be told.
 *
 *   reinforce  −A·log π, A = r − mean of the group                     Williams 1992
 *   rloo       A = r − mean of the others, one ratio of an answer      Ahmadian et al. 2024, TRL's RLOOTrainer
 *   grpo       A scaled by the group's deviation, mean over answers    Shao et al. 2024, TRL `grpo`
 *   bnpo       the same, mean over the tokens computed at a time       TRL `bnpo`
 *   dapo       the same, mean over all tokens                          Yu et al. 2025, TRL `dapo`: TRL's default
 *   dr_grpo    unscaled, a constant divisor                            Liu et al. 2025, TRL `dr_grpo`
 *   gspo       one ratio of an answer, its mean over tokens            Zheng et al. 2025
 *   cispo      clipped weights instead of clipped updates              MiniMax 2025
 *   ppo        A from a critic (GAE), which `trainPolicy` takes        Schulman et al. 2017
 *   rejection  −log π of the best answer to each task, if it is right  RAFT, Dong et al. 2023; Llama 2
 *
 * What DAPO's paper adds to TRL's name is in options: `clipHigh: 0.28`, `dynamicSampling`, `overlong`,
 * `maskTruncated`. GSPO's clip limits are the paper's, because the mean of log-ratios is a small number.
 */
import { checkChoice } from '@llm/core';
import type { Objective } from '@llm/graph';
import type { RejectionOptions } from '../rollout/best-of-n.js';
import {
  type ClippedImportanceWeightsOptions,
  clippedImportanceWeights,
} from './clipped-importance-weights.js';
import { type ClippedPolicyGradientOptions, clippedPolicyGradient } from './clipped-policy-gradient.js';
import type { AdvantageOptions } from './group-advantages.js';
import type { Aggregation } from './policy-batch.js';
import type { PolicyObjectiveOptions } from './policy-objective.js';
import { reinforce } from './reinforce.js';

export interface PolicyMethod {
  /** `createTransformer({ …, objective })`. Clip limits given here take the method's place. */
  objective(options?: ClippedPolicyGradientOptions & ClippedImportanceWeightsOptions): Objective;
  /** `trainPolicy({ …, ...training })`. */
  readonly training: {
    readonly advantages?: AdvantageOptions | undefined;
    readonly aggregation: Aggregation;
    readonly accept?: RejectionOptions | undefined;
  };
}

const scaled: AdvantageOptions = { scale: 'group' };
const clipped =
  (own: ClippedPolicyGradientOptions = {}): PolicyMethod['objective'] =>
  (options) =>
    clippedPolicyGradient({ ...own, ...options });

const methods = {
  reinforce: {
    objective: (options?: PolicyObjectiveOptions) => reinforce(options),
    training: { aggregation: 'token' },
  },
  // One ratio of an answer is one loss, so its mean over the answer's tokens is itself.
  rloo: {
    objective: clipped({ ratioLevel: 'sequence-sum' }),
    training: { advantages: { baseline: 'leave-one-out' }, aggregation: 'sequence' },
  },
  grpo: { objective: clipped(), training: { advantages: scaled, aggregation: 'sequence' } },
  bnpo: { objective: clipped(), training: { advantages: scaled, aggregation: 'micro-batch' } },
  dapo: { objective: clipped(), training: { advantages: scaled, aggregation: 'token' } },
  dr_grpo: { objective: clipped(), training: { aggregation: 'constant' } },
  gspo: {
    objective: clipped({ ratioLevel: 'sequence', clipLow: 3e-4, clipHigh: 4e-4 }),
    training: { advantages: scaled, aggregation: 'sequence' },
  },
  cispo: {
    objective: (options?: ClippedImportanceWeightsOptions) => clippedImportanceWeights(options),
    training: { advantages: scaled, aggregation: 'token' },
  },
  ppo: { objective: clipped(), training: { aggregation: 'token' } },
  rejection: {
    objective: (options?: PolicyObjectiveOptions) => reinforce(options),
    training: { aggregation: 'token', accept: {} },
  },
} satisfies Readonly<Record<string, PolicyMethod>>;

export type PolicyMethodName = keyof typeof methods;

/** Throws `core/option-invalid` for a name that is none. */
export function policyMethod(name: PolicyMethodName): PolicyMethod {
  checkChoice('method', name, Object.keys(methods));
  return methods[name];
}
