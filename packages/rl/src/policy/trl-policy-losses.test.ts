import { readFileSync } from 'node:fs';
import type { Objective } from '@llm/graph';
import { describe, expect, test } from 'vitest';
import { runObjective } from '../fixtures/run-objective.js';
import type { Rollout } from '../rollout/rollout.js';
import { clippedImportanceWeights } from './clipped-importance-weights.js';
import { clippedPolicyGradient } from './clipped-policy-gradient.js';
import type { Aggregation } from './policy-batch.js';
import { createPolicyBatch } from './policy-batch.js';

/** TRL's names of options, as recorded by tooling/oracles/rl/trl_policy_losses.py. */
interface Options {
  readonly loss_type: string;
  readonly beta?: number;
  readonly epsilon?: number;
  readonly epsilon_high?: number;
  readonly delta?: number;
  readonly use_bias_correction_kl?: boolean;
  readonly importance_sampling_level?: 'sequence';
  readonly entropy_coef?: number;
  readonly mask_truncated?: boolean;
  readonly importance_ratio?: readonly (readonly number[])[];
}
interface Case {
  readonly options: Options;
  readonly loss: number;
  readonly gradient: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
}
const trl = JSON.parse(
  readFileSync(new URL('./fixtures/trl-policy-losses.json', import.meta.url), 'utf8'),
) as {
  readonly maxLength: number;
  readonly rows: number;
  readonly columns: number;
  readonly mask: readonly number[];
  readonly truncated: readonly number[];
  readonly advantages: readonly number[];
  readonly old: readonly number[];
  readonly logps: readonly number[];
  readonly ref: readonly number[];
  readonly entropies: readonly number[];
  readonly cases: readonly Case[];
};
const { rows, columns } = trl;

const rollouts: Rollout[] = Array.from({ length: rows }, (_, row) => {
  const mask = trl.mask.slice(row * columns, (row + 1) * columns);
  const length = mask.lastIndexOf(1) + 1;
  return {
    task: { id: `${row}`, prompt: { messages: [] }, answer: '' },
    prompt: Int32Array.of(1),
    ids: new Int32Array(length).fill(2),
    logProbabilities: Float32Array.from(trl.old.slice(row * columns, row * columns + length)),
    mask: Uint8Array.from(mask.slice(0, length)),
    stopReason: trl.truncated.includes(row) ? 'length' : 'stop',
    parts: [],
    wellFormed: true,
    reward: 0,
    toolCalls: 0,
    toolFailures: 0,
  };
});

const aggregations: Readonly<Record<string, Aggregation>> = {
  grpo: 'sequence',
  bnpo: 'micro-batch',
  dapo: 'token',
  cispo: 'token',
  dr_grpo: 'constant',
  // One ratio of an answer is one loss, so its mean over the answer's tokens is itself.
  rloo: 'sequence',
};

function objectiveOf(options: Options): Objective {
  const shared = {
    klCoefficient: options.beta,
    klBiasCorrection: options.use_bias_correction_kl,
    entropyCoefficient: options.entropy_coef,
    ratioLevel: options.importance_sampling_level ?? 'token',
  } as const;
  if (options.loss_type === 'cispo')
    return clippedImportanceWeights({ ...shared, maximum: options.epsilon_high });
  return clippedPolicyGradient({
    ...shared,
    ratioLevel: options.loss_type === 'rloo' ? 'sequence-sum' : shared.ratioLevel,
    clipLow: options.epsilon,
    clipHigh: options.epsilon_high,
    ratioCeiling: options.delta,
  });
}

const name = ({ importance_ratio, ...options }: Options): string =>
  JSON.stringify({ ...options, ...(importance_ratio && { importance_ratio: true }) });

describe('as TRL 1.16 computes it, from rollouts to gradient', () => {
  test.each(trl.cases.map((each) => [name(each.options), each] as const))('%s', async (_, expected) => {
    const { options } = expected;
    const batch = createPolicyBatch({
      rollouts,
      advantages: trl.advantages,
      aggregation: aggregations[options.loss_type]!,
      maxNewTokens: trl.maxLength,
      contextLength: 64,
      columnMultiple: 1,
      maskTruncated: options.mask_truncated,
    });
    const corrections = options.importance_ratio?.flat();
    const { loss, gradient, metrics } = await runObjective(objectiveOf(options), {
      rows,
      logProbabilities: trl.logps,
      weights: [...batch.weights].map((weight, i) => weight * (corrections?.[i] ?? 1)),
      normalizer: batch.normalizer,
      entropy: trl.entropies,
      extra: {
        ...Object.fromEntries(Object.entries(batch.extraInputs!).map(([key, data]) => [key, [...data]])),
        referenceLogProbabilities: trl.ref,
      },
    });
    expect(batch).toMatchObject({ rows, columns });
    expect(loss).toBeCloseTo(expected.loss, 5);
    for (const [i, slope] of expected.gradient.entries()) expect(gradient[i]).toBeCloseTo(slope, 5);
    const shared = Object.keys(expected.metrics).filter((key) => key in metrics);
    expect(shared).toContain('entropy');
    for (const key of shared) expect(metrics[key], key).toBeCloseTo(expected.metrics[key]!, 5);
  });
});
