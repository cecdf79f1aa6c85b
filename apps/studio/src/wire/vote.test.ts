// What a vote amounts to, and that the reader of training takes it.
import { readPreferences } from '@llm/sft';
import { expect, test } from 'vitest';
import { isVote, linesOf, preferenceLines, standingVotes, type Vote, type VotedMessage } from './vote.js';

const said = (content: string): VotedMessage[] => [{ role: 'assistant', content }];
const vote = (id: string, more: Partial<Vote> = {}): Vote => ({
  id,
  kind: 'arena',
  time: 1,
  prompt: [{ role: 'user', content: 'What is 2 plus 3?' }],
  left: { from: 'sft', messages: said('5') },
  right: { from: 'rl', messages: said('The answer is 5.') },
  verdict: 'left',
  ...more,
});
/** A call, what the tool said, and the answer. */
const withTool: VotedMessage[] = [
  {
    role: 'assistant',
    content: '',
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'calculator', arguments: '2+3' } }],
  },
  { role: 'tool', content: '5', tool_call_id: 'c1' },
  { role: 'assistant', content: 'It is 5.' },
];

test('pairs are read as they were voted, tools and all', async () => {
  const votes = [
    vote('a'),
    vote('b', { verdict: 'right', right: { from: 'rl', messages: withTool } }),
    vote('c', { verdict: 'tie' }),
    vote('d', { verdict: 'both-bad' }),
    vote('e', { right: { from: 'rl', messages: said('5') } }),
    vote('f', { right: { from: 'rl', messages: said(' ') } }),
  ];
  const { pairs, skipped } = await readPreferences(linesOf(preferenceLines(votes)));
  expect(skipped).toEqual([]);
  expect(pairs.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(pairs[0]).toMatchObject({
    prompt: { messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is 2 plus 3?' }] }] },
    chosen: [{ type: 'text', text: '5' }],
    rejected: [{ type: 'text', text: 'The answer is 5.' }],
  });
  expect(pairs[1]!.chosen).toMatchObject([
    { type: 'tool-call', input: '2+3' },
    { type: 'tool-output', text: '5' },
    { type: 'text', text: 'It is 5.' },
  ]);
});

test('the last word counts', () => {
  const votes = [
    vote('a'),
    vote('b'),
    vote('a', { verdict: 'tie' }),
    vote('b', { verdict: 'withdrawn' }),
    vote('c'),
  ];
  expect(standingVotes(votes).map(({ id, verdict }) => [id, verdict])).toEqual([
    ['a', 'tie'],
    ['c', 'left'],
  ]);
});

test('what is no vote is told apart', () => {
  expect(isVote(vote('a'))).toBe(true);
  expect(isVote(vote('b', { right: { from: 'rl', messages: withTool } }))).toBe(true);
  for (const wrong of [
    null,
    {},
    [],
    { ...vote('a'), id: '../x' },
    { ...vote('a'), verdict: 'up' },
    { ...vote('a'), time: '1' },
    { ...vote('a'), prompt: [] },
    { ...vote('a'), left: { from: 'rl', messages: said('5') } },
    { ...vote('a'), left: { from: 'sft', messages: [{ role: 'assistant', content: 5 }] } },
    { ...vote('a'), left: { from: 'sft', messages: [{ role: 'constructor', content: '' }] } },
    { ...vote('a'), left: { from: 'sft', messages: [{ ...withTool[0], tool_calls: [null] }] } },
  ])
    expect(isVote(wrong)).toBe(false);
});
