// Counted by hand; the ratings themselves are held against choix in @llm/rl.
import { expect, test } from 'vitest';
import type { Verdict, Vote } from '../../wire/index.js';
import { standingsOf } from './standings.js';

let count = 0;
const vote = (left: string, right: string, verdict: Verdict, kind: Vote['kind'] = 'arena'): Vote => ({
  ...{ id: `v${++count}`, kind, time: 0, verdict },
  prompt: [{ role: 'user', content: '?' }],
  left: { from: left, messages: [{ role: 'assistant', content: left }] },
  right: { from: right, messages: [{ role: 'assistant', content: right }] },
});

test('wins, losses and who met whom; sides do not matter, rankings do not count', () => {
  const { models, met, votes } = standingsOf(
    [
      vote('rl', 'sft', 'left'),
      vote('sft', 'rl', 'right'),
      vote('sft', 'rl', 'tie'),
      vote('pretrain', 'sft', 'right'),
      vote('pretrain', 'sft', 'both-bad'),
      vote('rl.1.0', 'rl.1.1', 'left', 'ranking'),
    ],
    ['pretrain', 'sft', 'rl', 'new'],
  );
  expect(votes).toBe(5);
  expect(models.map(({ name, wins, losses, neither }) => [name, wins, losses, neither])).toEqual([
    ['rl', 2, 0, 1],
    ['new', 0, 0, 0],
    ['sft', 1, 2, 2],
    ['pretrain', 0, 1, 1],
  ]);
  expect(met[0]).toEqual([
    null,
    { wins: 0, losses: 0, neither: 0 },
    { wins: 2, losses: 0, neither: 1 },
    { wins: 0, losses: 0, neither: 0 },
  ]);
  const sum = models.reduce((all, { rating }) => all + rating, 0);
  expect(sum / 4).toBeCloseTo(1000, 6);
});
