import { expect, test } from 'vitest';
import type { RolloutSample, Vote } from '../../wire/index.js';
import { isVote } from '../../wire/index.js';
import { pairsToRank, rankingVote, rewardAgrees } from './ranking.js';

const sample = (index: number, prompt: number, text: string, reward = 0): RolloutSample =>
  ({ index, prompt, reward, parts: [{ type: 'text', text }] }) as unknown as RolloutSample;
const step = {
  stage: 'rl',
  step: 3,
  prompts: [
    { task: 't', answer: '5', ids: [], messages: [{ role: 'user', text: 'What is 2 plus 3?' }] },
    { task: 'u', answer: '1', ids: [], messages: [{ role: 'user', text: 'One?' }] },
  ],
  samples: [
    sample(0, 0, '5', 1),
    sample(1, 0, '6'),
    sample(2, 0, '5', 1),
    sample(3, 0, 'seven'),
    sample(4, 0, ' '),
    sample(5, 1, 'one', 1),
    sample(6, 1, 'one', 1),
  ],
};

test('different answers to one prompt, neighbours first', () => {
  const pairs = pairsToRank(step);
  expect(pairs.map(({ id, left, right }) => [id, left.index, right.index])).toEqual([
    ['rank-rl.3.0-rl.3.1', 0, 1],
    ['rank-rl.3.1-rl.3.3', 3, 1],
    ['rank-rl.3.0-rl.3.3', 0, 3],
  ]);
});

test('a vote is one that the server takes, and the reward is held against it', () => {
  const pairs = pairsToRank(step);
  const votes = new Map<string, Vote>();
  for (const [at, verdict] of (['left', 'left', 'right'] as const).entries()) {
    const vote = rankingVote(step, pairs[at]!, verdict);
    expect(isVote(vote)).toBe(true);
    votes.set(vote.id, vote);
  }
  expect(votes.get('rank-rl.3.0-rl.3.1')).toMatchObject({
    prompt: [{ role: 'user', content: 'What is 2 plus 3?' }],
    left: { from: 'rl.3.0', messages: [{ role: 'assistant', content: '5' }] },
  });
  // The second compares two of the same reward.
  expect(rewardAgrees(pairs, votes)).toEqual({ agree: 1, of: 2 });
});
