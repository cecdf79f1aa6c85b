import { textMessage } from '@llm/core';
import type { Objective } from '@llm/graph';
import { describe, expect, test } from 'vitest';
import { BigramModel } from '../fixtures/bigram-model.js';
import { letterModel, parameterDigest, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { bradleyTerry } from './bradley-terry.js';
import { directPreference } from './direct-preference.js';
import { kahnemanTversky } from './kahneman-tversky.js';
import { processReward } from './process-reward.js';
import { cpo, orpo, simpo } from './reference-free.js';
import { rewardModelReward, scoreAnswers } from './reward-model.js';
import { trainLabelledAnswers } from './train-labelled-answers.js';
import { trainPreferences } from './train-preferences.js';
import { trainProcessRewards } from './train-process-rewards.js';

// Slow: every objective compiles graphs of its own

const prompt = { messages: [textMessage('user', 'which?')] };
const say = (text: string) => [{ type: 'text', text } as const];
const pairs = ['a', 'c', 'd'].map((letter) => ({
  prompt,
  chosen: say('b'),
  rejected: say(letter),
  margin: 0.5,
}));
const shared = { renderer, steps: 8, seed: 1 };

/** How likely the model says a letter after the prompt. */
async function chanceOf(model: BigramModel, letter: string): Promise<number> {
  const inputs = renderer.renderPrompt(prompt).slice(-1);
  const targets = Int32Array.from(tokenizer.encode(letter));
  const [score] = await model.logProbabilities({ rows: 1, columns: 1, inputs, targets });
  return Math.exp(score!);
}

describe('what was preferred becomes likelier than what was not', () => {
  test.each<[string, Objective, number]>([
    ['dpo', directPreference(), 4],
    ['ipo', directPreference({ form: 'ipo' }), 0.1],
    ['apo_zero', directPreference({ form: 'apo_zero' }), 8],
    ['sigmoid_norm', directPreference({ form: 'sigmoid_norm', beta: 2 }), 1],
    ['simpo', simpo(), 1],
    ['cpo', cpo(), 1],
    ['orpo', orpo(), 1],
  ])('%s', async (name, objective, rate) => {
    const policy = await BigramModel.of(await letterModel(), objective);
    const reference = await letterModel();
    const before = (await chanceOf(policy, 'b')) / (await chanceOf(policy, 'c'));
    const report = await trainPreferences({
      ...shared,
      policy,
      reference,
      pairs,
      pairsPerStep: 3,
      schedule: () => rate,
    });
    if (name === 'dpo') expect(report.losses[0]).toBeCloseTo(Math.LN2, 5);
    expect(report.losses.at(-1)).toBeLessThan(report.losses[0]!);
    expect((await chanceOf(policy, 'b')) / (await chanceOf(policy, 'c'))).toBeGreaterThan(1.2 * before);
  });
});

describe('reward model', () => {
  test('a scalar head learns pairs with margins, scores answers and is a reward', async () => {
    const model = await BigramModel.of(await letterModel(), bradleyTerry({ margin: true }));
    // The stop token ends every answer, and a bigram's head sees no more: what comes after differs.
    const ends = pairs.map((pair) => ({ ...pair, chosen: say('b'), rejected: say('b') }));
    await trainPreferences({
      ...shared,
      policy: model,
      pairs: ends,
      score: 'ends',
      sharePrompts: false,
      pairsPerStep: 3,
      schedule: () => 1,
    });
    const batch = model.batches[0]!;
    for (let row = 0; row < batch.rows; row++) {
      const place = batch.weights.subarray(row * batch.columns, (row + 1) * batch.columns).indexOf(1);
      expect(batch.inputs[row * batch.columns + place]).toBe(renderer.stopToken);
      expect(batch.extraInputs!.margin![row * batch.columns]).toBe(row % 2 === 0 ? 0.5 : 0);
    }
    const answers = ['b', 'ccc'].map((text) => ({ prompt, answer: say(text) }));
    const scores = await scoreAnswers({ model, renderer, rows: 1 }, answers);
    const table = (await model.snapshot()).parameters.get('table')!.data;
    expect(scores).toEqual([table[renderer.stopToken], table[renderer.stopToken]]);
    const reward = rewardModelReward({ model, renderer });
    const task = { id: 't', prompt, answer: '' };
    expect(await Promise.all([reward(task, say('b')), reward(task, say('ccc'))])).toEqual(scores);
    const long = reward(task, say('x'.repeat(99)));
    const short = reward(task, say('b'));
    await expect(long).rejects.toMatchObject({ code: 'rl/answer-too-long' });
    expect(await short).toBe(scores[0]);
  });

  test('steps that were right and wrong get numbers of their signs at their last tokens', async () => {
    const model = await BigramModel.of(await letterModel(), processReward());
    const steps = [{ text: '1+1=2', isCorrect: true }, { text: 'so' }, { text: '2+2=5', isCorrect: false }];
    const unjudged = { prompt, steps: [{ text: 'hm' }] };
    const report = await trainProcessRewards({
      ...shared,
      model,
      renderer,
      examples: [{ prompt, steps }, unjudged],
      examplesPerStep: 2,
      steps: 20,
      schedule: () => 4,
    });
    expect(report.skipped).toMatchObject([{ index: 1, reason: 'invalid' }]);
    expect(report.losses[0]).toBeCloseTo(Math.LN2, 5);
    const [batch] = model.batches;
    const judged = [...batch!.weights.keys()].filter((i) => batch!.weights[i] === 1);
    expect(judged.map((i) => batch!.inputs[i])).toEqual([
      tokenizer.encode('2')[0],
      renderer.stopToken,
      tokenizer.encode('2')[0],
      renderer.stopToken,
    ]);
    const table = (await model.snapshot()).parameters.get('table')!.data;
    expect(table[tokenizer.encode('2')[0]!]).toBeGreaterThan(1);
    expect(table[renderer.stopToken]).toBeLessThan(-1);
  });

  test('of steps goes on to the bit, in passes that go on where they stood', async () => {
    const examples = Array.from({ length: 5 }, (_, i) => ({
      prompt,
      steps: [
        { text: `${i}+1`, isCorrect: i % 2 === 0 },
        { text: 'so', isCorrect: i > 2 },
      ],
    }));
    const judged = (model: BigramModel, steps: number) =>
      trainProcessRewards({ ...shared, model, examples, examplesPerStep: 2, steps, schedule: () => 2 });
    const straight = await BigramModel.of(await letterModel(), processReward());
    await judged(straight, 7);
    const first = await BigramModel.of(await letterModel(), processReward());
    await judged(first, 3);
    const second = await BigramModel.of(await letterModel(), processReward());
    await second.restore(await first.snapshot());
    await judged(second, 7);
    expect(second.batches).toEqual(straight.batches.slice(3));
    expect(await parameterDigest(second)).toBe(await parameterDigest(straight));
    expect(await parameterDigest(first)).not.toBe(await parameterDigest(straight));
  });
});

describe('kto', () => {
  const answers = ['b', 'a', 'c', 'd'].map((letter) => ({
    id: letter,
    prompt,
    answer: say(letter),
    isGood: letter === 'b',
  }));

  test('good answers become likelier, bad ones less', async () => {
    const policy = await BigramModel.of(await letterModel(), kahnemanTversky());
    const before = await chanceOf(policy, 'b');
    const report = await trainLabelledAnswers({
      ...shared,
      policy,
      reference: await letterModel(),
      answers,
      answersPerStep: 4,
      steps: 20,
      schedule: () => 20,
    });
    expect(report.losses[0]).toBeCloseTo(0.5, 5);
    expect(await chanceOf(policy, 'b')).toBeGreaterThan(1.5 * before);
    expect(await chanceOf(policy, 'a')).toBeLessThan(before);
  });

  test('the divergence is that of answers behind the prompts of others, never below 0', async () => {
    const policy = await BigramModel.of(await letterModel(), kahnemanTversky());
    const reference = await letterModel();
    // All prompts are alike here, so the foreign answers are the step's own, in another order.
    const options = { ...shared, policy, reference, answers, answersPerStep: 4, schedule: () => 20 };
    await trainLabelledAnswers({ ...options, steps: 1 });
    expect(Math.max(...policy.batches[0]!.extraInputs!.divergence!)).toBe(0);
    const before = await policy.snapshot();
    await trainLabelledAnswers({ ...options, steps: 2 });
    const batch = policy.batches[1]!;
    const then = await BigramModel.of({ ...policy, snapshot: async () => before }, kahnemanTversky());
    const [ours, theirs] = [await then.logProbabilities(batch), await reference.logProbabilities(batch)];
    const sum = batch.weights.reduce((total, weight, i) => total + weight * (ours[i]! - theirs[i]!), 0);
    expect(batch.extraInputs!.divergence![0]).toBeCloseTo(Math.max(0, sum / 4), 5);
    await expect(trainLabelledAnswers({ ...options, answersPerStep: 1 })).rejects.toThrow('at least 2');
    await expect(trainLabelledAnswers({ ...options, answers: [] })).rejects.toMatchObject({
      code: 'rl/no-answers',
    });
  });
});
