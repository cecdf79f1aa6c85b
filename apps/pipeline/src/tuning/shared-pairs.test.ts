/** Pairs that share rows with their prompt have the loss and gradient of rows of their own, by any method. */
import { type RunEvent, type TokenBatch, textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import type { Objective } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, type Optimizer } from '@llm/model';
import { bradleyTerry, cpo, directPreference, orpo, simpo, trainPreferences } from '@llm/rl';
import { expect, test } from 'vitest';

// Slow: every objective compiles graphs of its own

/** Leaves the parameters and keeps the gradients. */
const gradientCapture: Optimizer = {
  name: 'gradient-capture',
  maximumGradientNorm: Number.POSITIVE_INFINITY,
  scalars: () => ({}),
  stateShapes: (_, { shape }) => ({ gradient: shape }),
  update: (_build, _name, _layout, parameter, gradient) => ({ parameter, state: { gradient } }),
};
const executor = createNodeExecutor({ threads: 1 });
const tokenizer = new ByteTokenizer(chatControlTokens);
const renderer = new TemplateRenderer(tokenizer);
const sizes = { vocabularySize: tokenizer.vocabularySize, contextLength: 64, depth: 2, width: 32 };
const say = (text: string) => textMessage('assistant', text).parts;
const texts = [
  ['what is the colour of snow?', 'white', 'it is black'],
  ['a shorter one', 'and a rather long answer', 'no'],
  ['and the third of them', 'same beginning, yes', 'same beginning, no'],
] as const;
const pairs = texts.map(([question, chosen, rejected], i) => ({
  id: question,
  prompt: { messages: [textMessage('user', question)] },
  chosen: say(chosen),
  rejected: say(rejected),
  margin: i / 2,
}));

async function measure(objective: Objective, how: { sharePrompts: boolean; pairsAtOnce?: number }) {
  const isReward = objective.name === 'bradley-terry';
  const model = await createTransformer({
    config: createModelConfig({ ...sizes, headWidth: 16, scalarHead: isReward }),
    executor,
    optimizer: gradientCapture,
    objective,
    seed: 2,
  });
  const reference = await createTransformer({
    config: createModelConfig({ ...sizes, headWidth: 16 }),
    executor,
    seed: 3,
  });
  const events: RunEvent[] = [];
  let positions = 0;
  const trainStep = model.trainStep.bind(model);
  model.trainStep = (batch, step) => {
    for (const { rows, columns } of [batch].flat() as TokenBatch[]) positions += rows * columns;
    return trainStep(batch, step);
  };
  await trainPreferences({
    ...how,
    policy: model,
    reference: objective.extraInputs.includes('referenceLogProbabilities') ? reference : undefined,
    score: isReward ? 'ends' : 'answers',
    renderer,
    pairs,
    pairsPerStep: 3,
    steps: 1,
    schedule: () => 0,
    onEvent: (event) => events.push(event),
  });
  const metric = events.find((event) => event.type === 'metric');
  const { optimizerState } = await model.snapshot();
  await model.dispose();
  await reference.dispose();
  return { positions, metrics: metric!.values, gradients: optimizerState };
}

test.each([
  ['dpo', directPreference({ labelSmoothing: 0.1, likelihoodCoefficient: 0.5 }), undefined],
  ['dpo, a pair at a time', directPreference(), 1],
  ['ipo', directPreference({ form: 'ipo' }), undefined],
  ['apo_zero', directPreference({ form: 'apo_zero' }), undefined],
  ['simpo', simpo(), undefined],
  ['orpo', orpo(), undefined],
  ['cpo', cpo(), undefined],
  ['reward', bradleyTerry({ margin: true, centerCoefficient: 0.01 }), undefined],
] as const)(
  '%s',
  async (_, objective, pairsAtOnce) => {
    const apart = await measure(objective, { sharePrompts: false });
    const shared = await measure(objective, { sharePrompts: true, ...(pairsAtOnce && { pairsAtOnce }) });
    expect(shared.positions).toBeLessThan(0.9 * apart.positions);
    // Of parts of a batch the metrics are means of the parts' own.
    for (const [name, value] of Object.entries(apart.metrics))
      if (!/time|per_second|max|min/.test(name))
        expect(Math.abs(shared.metrics[name]! - value), name).toBeLessThan(1e-5);
    for (const [parameter, { data }] of apart.gradients) {
      const size = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      const other = shared.gradients.get(parameter)!.data;
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
      expect(worst / size, parameter).toBeLessThan(1e-5);
    }
  },
  60_000,
);
