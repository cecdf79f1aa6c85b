/** Answers that share rows with their prompt have the gradient of rows of their own, for every method. */
import { createRandom, type TokenBatch, textMessage } from '@llm/core';
import type { Objective } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, type Optimizer } from '@llm/model';
import { createPolicyBatch, policyMethod, type StepRollouts } from '@llm/rl';
import { expect, test } from 'vitest';

// Slow: every objective compiles graphs of its own

type Rollout = StepRollouts['rollouts'][number];

/** Leaves the parameters and keeps the gradients. */
const gradientCapture: Optimizer = {
  name: 'gradient-capture',
  maximumGradientNorm: Number.POSITIVE_INFINITY,
  scalars: () => ({}),
  stateShapes: (_, { shape }) => ({ gradient: shape }),
  update: (_build, _name, _layout, parameter, gradient) => ({ parameter, state: { gradient } }),
};
const executor = createNodeExecutor({ threads: 1 });
const config = createModelConfig({
  vocabularySize: 64,
  contextLength: 64,
  depth: 2,
  width: 32,
  headWidth: 16,
});
const random = createRandom(4, 'packed');
const ids = (count: number): Int32Array => Int32Array.from({ length: count }, () => random.integer(64));
const samples = 8;

/** Three prompts of unlike lengths, answers of 1 to 30 tokens, some spoken by a tool, some cut off. */
const rollouts: Rollout[] = [19, 11, 26].flatMap((length, group) => {
  const prompt = ids(length);
  return Array.from({ length: samples }, (_, i): Rollout => {
    const tokens = 1 + random.integer(i === 0 ? 30 : 12);
    return {
      task: { id: `${group}`, prompt: { messages: [textMessage('user', '?')] }, answer: '' },
      prompt,
      ids: ids(tokens),
      logProbabilities: Float32Array.from({ length: tokens }, () => -4 - random.uniform()),
      mask: Uint8Array.from({ length: tokens }, (_, t) => (t > 0 && t % 5 === 3 ? 0 : 1)),
      stopReason: i % 4 === 3 ? 'length' : 'stop',
      parts: [],
      wellFormed: true,
      reward: 0,
      toolCalls: 0,
      toolFailures: 0,
    };
  });
});
const advantages = rollouts.map(() => random.uniform() - 0.5);
const references = rollouts
  .map(({ ids: answer }) => answer.map(() => 0))
  .map((zeros) => Float32Array.from(zeros, () => -4 - random.uniform()));

async function measure(objective: Objective, batch: TokenBatch) {
  const model = await createTransformer({ config, executor, optimizer: gradientCapture, objective, seed: 2 });
  const { loss, metrics } = await model.trainStep(batch, { learningRate: 0 });
  const { optimizerState } = await model.snapshot();
  await model.dispose();
  return { loss, metrics, gradients: optimizerState };
}

test.each([
  ['dapo', { klCoefficient: 0.1, entropyCoefficient: 0.01 }, {}],
  ['grpo', {}, { maskTruncated: true }],
  ['dr_grpo', {}, { temperature: 0.7 }],
  ['gspo', { klCoefficient: 0.05 }, {}],
  ['rloo', {}, {}],
  ['cispo', {}, { rowsAtOnce: 4 }],
  ['reinforce', {}, {}],
] as const)('%s', async (name, objectiveOptions, options) => {
  const { objective, training } = policyMethod(name);
  const common = {
    rollouts,
    advantages,
    maxNewTokens: 30,
    contextLength: 64,
    referenceLogProbabilities: references,
    aggregation: training.aggregation,
    ...options,
  };
  const apart = createPolicyBatch(common);
  const packed = createPolicyBatch({ ...common, answersPerPrompt: samples });
  expect(packed.branches).toBeDefined();
  expect(packed.rows * packed.columns).toBeLessThan(0.6 * apart.rows * apart.columns);
  const [expected, found] = [
    await measure(objective(objectiveOptions), apart),
    await measure(objective(objectiveOptions), packed),
  ];
  expect(Math.abs(found.loss - expected.loss)).toBeLessThan(1e-5);
  for (const [metric, value] of Object.entries(expected.metrics))
    expect(Math.abs(found.metrics[metric]! - value), metric).toBeLessThan(1e-5);
  for (const [parameter, { data }] of expected.gradients) {
    const size = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const other = found.gradients.get(parameter)!.data;
    const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
    expect(worst / size, parameter).toBeLessThan(1e-5);
  }
});
