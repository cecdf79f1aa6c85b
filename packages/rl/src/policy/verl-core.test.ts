import { readFileSync } from 'node:fs';
import type { Objective } from '@llm/graph';
import { describe, expect, test } from 'vitest';
import { runObjective } from '../fixtures/run-objective.js';
import type { Rollout } from '../rollout/rollout.js';
import { clippedImportanceWeights } from './clipped-importance-weights.js';
import { clippedPolicyGradient } from './clipped-policy-gradient.js';
import { clippedValueLoss } from './clipped-value-loss.js';
import { generalizedAdvantages, whitened } from './generalized-advantages.js';
import { groupAdvantages } from './group-advantages.js';
import type { KlEstimator } from './kl-estimators.js';
import type { Aggregation } from './policy-batch.js';
import { createPolicyBatch } from './policy-batch.js';

/** As recorded by tooling/oracles/rl/verl_core.py. */
interface PolicyCase {
  readonly name: string;
  readonly options: {
    readonly agg: string;
    readonly low?: number;
    readonly high?: number;
    readonly c?: number;
    readonly tokens?: boolean;
  };
  readonly loss: number;
  readonly gradient: readonly number[];
}
const verl = JSON.parse(readFileSync(new URL('./fixtures/verl-core.json', import.meta.url), 'utf8')) as {
  readonly [Name in
    | 'mask'
    | 'old'
    | 'logps'
    | 'ref'
    | 'rewards'
    | 'values'
    | 'tokenAdvantages'
    | 'answerAdvantages']: readonly number[];
} & {
  readonly rows: number;
  readonly columns: number;
  readonly gae: {
    readonly discount: number;
    readonly lambda: number;
    readonly advantages: readonly number[];
    readonly returns: readonly number[];
  };
  readonly policies: readonly PolicyCase[];
  readonly value: {
    readonly range: number;
    readonly new: readonly number[];
    readonly loss: number;
    readonly clipRatio: number;
    readonly gradient: readonly number[];
  };
  readonly kl: Readonly<Record<KlEstimator, readonly number[]>>;
  readonly grpo: { readonly rewards: readonly number[]; readonly advantages: readonly number[] };
};
const { rows, columns } = verl;
const row = (values: readonly number[], index: number): readonly number[] =>
  values.slice(index * columns, (index + 1) * columns);
const indices = Array.from({ length: rows }, (_, index) => index);
const close = (actual: ArrayLike<number>, expected: readonly number[]): void => {
  for (const [i, value] of expected.entries()) expect(actual[i], `position ${i}`).toBeCloseTo(value, 5);
};

test('advantages and returns of a critic, whitened, tools stepped over', () => {
  const masks = indices.map((index) => row(verl.mask, index));
  const estimates = indices.map((index) =>
    generalizedAdvantages(row(verl.rewards, index), row(verl.values, index), masks[index]!, verl.gae),
  );
  const white = whitened(
    estimates.map(({ advantages }) => advantages),
    masks,
  );
  close(
    estimates.flatMap(({ returns }) => [...returns]),
    verl.gae.returns,
  );
  close(
    white.flatMap((values) => [...values]),
    verl.gae.advantages,
  );
});

test('by hand: rewards 0 0 1, values .5 .6 .7, λ .95', () => {
  const { advantages } = generalizedAdvantages([0, 0, 1], [0.5, 0.6, 0.7], [1, 1, 1]);
  close(advantages, [0.46575, 0.385, 0.3]);
  expect(() => generalizedAdvantages([], [], [], { lambda: 2 })).toThrow('lambda is 2');
});

describe('policy losses', () => {
  const rollouts: Rollout[] = indices.map((index) => {
    const mask = row(verl.mask, index);
    const length = mask.lastIndexOf(1) + 1;
    return {
      task: { id: `${index}`, prompt: { messages: [] }, answer: '' },
      prompt: Int32Array.of(1),
      ids: new Int32Array(length),
      logProbabilities: Float32Array.from(row(verl.old, index).slice(0, length)),
      mask: Uint8Array.from(mask.slice(0, length)),
      stopReason: 'stop',
      parts: [],
      wellFormed: true,
      reward: 0,
      toolCalls: 0,
      toolFailures: 0,
    };
  });
  const aggregations: Readonly<Record<string, Aggregation>> = {
    'token-mean': 'token',
    'seq-mean-token-mean': 'sequence',
    'seq-mean-token-sum': 'sequence-sum',
  };
  const objectiveOf = ({ name, options: { low = 0.2, high, c } }: PolicyCase): Objective => {
    if (name === 'cispo') return clippedImportanceWeights({ minimum: 1 - low, maximum: 1 + high! });
    const clip = { clipLow: low, clipHigh: high };
    if (name === 'gspo') return clippedPolicyGradient({ ...clip, ratioLevel: 'sequence' });
    return clippedPolicyGradient({ ...clip, dualClip: c });
  };

  test.each(verl.policies.map((each) => [each.name, JSON.stringify(each.options), each] as const))(
    '%s %s',
    async (_name, _options, each) => {
      const { loss, gradient, options } = each;
      const batch = createPolicyBatch({
        rollouts,
        advantages: options.tokens
          ? indices.map((index) => row(verl.tokenAdvantages, index))
          : verl.answerAdvantages,
        aggregation: aggregations[options.agg]!,
        maxNewTokens: columns,
        contextLength: 64,
        columnMultiple: 1,
      });
      const result = await runObjective(objectiveOf(each), {
        rows,
        logProbabilities: verl.logps,
        weights: [...batch.weights],
        normalizer: batch.normalizer,
        extra: Object.fromEntries(Object.entries(batch.extraInputs!).map(([key, data]) => [key, [...data]])),
      });
      expect(result.loss).toBeCloseTo(loss, 5);
      close(result.gradient, gradient);
    },
  );

  test.each(['k1', 'k2', 'k3'] as const)('%s', async (klEstimator) => {
    const tokens = verl.mask.reduce((sum, own) => sum + own, 0);
    const objective = clippedPolicyGradient({ klCoefficient: 1, klEstimator, klBiasCorrection: false });
    const { loss } = await runObjective(objective, {
      rows,
      logProbabilities: verl.logps,
      weights: verl.mask.map(() => 0),
      normalizer: tokens,
      extra: {
        active: verl.mask,
        oldLogProbabilities: verl.old,
        referenceLogProbabilities: verl.ref,
      },
    });
    const sum = verl.kl[klEstimator].reduce((total, kl, i) => total + kl * verl.mask[i]!, 0);
    expect(loss).toBeCloseTo(sum / tokens, 5);
  });
});

test('the critic’s loss, its gradient and what was clipped', async () => {
  const { range, loss, clipRatio, gradient } = verl.value;
  const tokens = verl.mask.reduce((sum, own) => sum + own, 0);
  const result = await runObjective(clippedValueLoss({ range }), {
    rows,
    logProbabilities: verl.logps,
    values: verl.value.new,
    weights: verl.mask,
    normalizer: tokens,
    extra: { oldValues: verl.values, returns: verl.gae.returns },
  });
  expect(result.loss).toBeCloseTo(loss, 5);
  expect(result.metrics.value_clip_ratio).toBeCloseTo(clipRatio, 5);
  close(result.valueGradient, gradient);
});

test('advantages of groups', () => {
  const { rewards, advantages } = verl.grpo;
  close(groupAdvantages(rewards, 2, { scale: 'group', epsilon: 1e-6 }).values, advantages);
});
