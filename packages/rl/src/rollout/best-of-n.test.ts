import { describe, expect, test } from 'vitest';
import { letterModel, letterTasks, renderer } from '../fixtures/letter-tasks.js';
import { acceptedConversations, bestOfN, expectedBest, rankedPairs, rankingsOf } from './best-of-n.js';
import { rollout } from './rollout.js';

const options = {
  renderer,
  tasks: letterTasks.train.slice(0, 6),
  reward: letterTasks.reward,
  samplesPerPrompt: 8,
  maxNewTokens: 4,
  seed: 3,
};

test('the best of eight is right where any of them is', async () => {
  const best = await bestOfN({ ...options, model: await letterModel() });
  expect(best.length).toBe(6);
  for (const { task, best: chosen, answers } of best) {
    expect(answers.length).toBe(8);
    expect(answers.every((answer) => answer.task === task)).toBe(true);
    expect(chosen.reward).toBe(Math.max(...answers.map(({ reward }) => reward)));
  }
  expect(best.filter(({ best: { reward } }) => reward === 1).length).toBeGreaterThan(3);
});

describe('expectedBest', () => {
  /** The mean of the greatest over all subsets of n, by trying them all. */
  const byTrying = (scores: readonly number[], n: number): number => {
    const maxima: number[] = [];
    for (let subset = 0; subset < 2 ** scores.length; subset++) {
      const members = scores.filter((_, i) => (subset >> i) & 1);
      if (members.length === n) maxima.push(Math.max(...members));
    }
    return maxima.reduce((a, b) => a + b, 0) / maxima.length;
  };
  test.each([1, 2, 3, 4, 5])('of %i out of five', (n) => {
    const scores = [0.3, -1, 2, 0.5, 0.5];
    expect(expectedBest(scores, n)).toBeCloseTo(byTrying(scores, n), 10);
  });
  test('of right and wrong it is pass@k, and n is checked', () => {
    expect(expectedBest([...Array(3).fill(1), ...Array(13).fill(0)], 4)).toBeCloseTo(0.60714286, 8);
    expect(() => expectedBest([1, 2], 3)).toThrow('n is 3');
  });
});

test('accepted answers become conversations, each once, the best first', async () => {
  const rollouts = await rollout({ ...options, model: await letterModel() });
  const accepted = acceptedConversations(rollouts);
  expect(accepted.length).toBeGreaterThan(3);
  for (const { id, messages } of accepted) {
    expect(messages.at(-1)).toEqual({ role: 'assistant', parts: [{ type: 'text', text: 'b' }] });
    expect(messages.slice(0, -1)).toEqual(letterTasks.train.find((task) => task.id === id)!.prompt.messages);
  }
  const all = acceptedConversations(rollouts, { minimumReward: 0, keep: 10 });
  const texts = all.map((each) => `${each.id} ${JSON.stringify(each.messages.at(-1))}`);
  expect(new Set(texts).size).toBe(texts.length);
  expect(() => acceptedConversations(rollouts, { keep: 0 })).toThrow('keep is 0');
  expect(() => acceptedConversations([])).toThrow('no answers');
});

test('rankings give all pairs of what differs, or the extremes, with the difference as margin', async () => {
  const say = (text: string) => [{ type: 'text', text } as const];
  const answers = [2, 5, 2, 1].map((score, i) => ({ parts: say(`${i}`), score }));
  const ranking = { id: 'r', prompt: letterTasks.train[0]!.prompt, answers };
  const told = (pairs: ReturnType<typeof rankedPairs>) =>
    pairs.map(({ chosen, rejected, margin }) => [chosen, rejected, margin]);
  expect(told(rankedPairs([ranking]))).toEqual([
    [say('1'), say('0'), 3],
    [say('1'), say('2'), 3],
    [say('1'), say('3'), 4],
    [say('0'), say('3'), 1],
    [say('2'), say('3'), 1],
  ]);
  expect(told(rankedPairs([ranking], { which: 'extremes' }))).toEqual([[say('1'), say('3'), 4]]);
  expect(rankedPairs([ranking], { minimumGap: 3 }).length).toBe(1);
  expect(() => rankedPairs([{ ...ranking, answers: [{ parts: [], score: Number.NaN }] }])).toThrow(
    'score of answer 0 of r is NaN',
  );
  const rollouts = await rollout({ ...options, model: await letterModel() });
  for (const { chosen } of rankedPairs(rankingsOf(rollouts), { which: 'extremes' }))
    expect(chosen).toEqual(say('b'));
});
