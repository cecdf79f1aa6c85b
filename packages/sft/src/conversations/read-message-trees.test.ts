import { messageText } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { readMessageTrees } from './read-message-trees.js';

const reply = (id: string, role: string, rank: number | null, replies: unknown[] = [], more = {}) => ({
  message_id: id,
  role,
  text: `${id}!`,
  rank,
  replies,
  ...more,
});
const tree = {
  message_tree_id: 't',
  prompt: reply(
    'q',
    'prompter',
    null,
    [
      reply('a1', 'assistant', 1, [reply('q1', 'prompter', null, [reply('b1', 'assistant', 0)])]),
      reply('a0', 'assistant', 0, [reply('q0', 'prompter', null)]),
      reply('a2', 'assistant', 2, [], { deleted: true }),
    ],
    { lang: 'en' },
  ),
};
const pathsOf = (read: Awaited<ReturnType<typeof readMessageTrees>>) =>
  read.conversations.map(({ messages }) => messages.map(({ parts }) => messageText(parts)).join(' '));

describe('readMessageTrees', () => {
  test('the path of best replies; a question that nobody answered is not its end', async () => {
    const read = await readMessageTrees(JSON.stringify(tree), { name: 'trees.jsonl' });
    expect(pathsOf(read)).toEqual(['q! a0!']);
    expect(read.conversations[0]).toMatchObject({ id: 'a0', origin: 'trees.jsonl:1' });
    expect(read.conversations[0]!.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  test('all paths, and rankings of answers beside each other without what was deleted', async () => {
    const read = await readMessageTrees(JSON.stringify(tree), { paths: 'all' });
    expect(pathsOf(read)).toEqual(['q! a0!', 'q! a1! q1! b1!']);
    expect(read.rankings).toMatchObject([
      {
        id: 'q',
        answers: [
          { parts: [{ text: 'a0!' }], score: -0 },
          { parts: [{ text: 'a1!' }], score: -1 },
        ],
      },
    ]);
  });

  test('lines that are no tree are counted by reason', async () => {
    const lines = [
      JSON.stringify(tree),
      '{',
      JSON.stringify({ message_id: 'x', text: 'flat', role: 'prompter' }),
      JSON.stringify({ prompt: reply('x', 'assistant', 0) }),
      JSON.stringify({ prompt: reply('x', 'prompter', null) }),
      JSON.stringify({ prompt: reply('x', 'prompter', null, [reply('y', 'prompter', null)]) }),
    ];
    const read = await readMessageTrees(lines);
    expect(read.skippedByReason).toEqual({ json: 1, form: 1, roles: 1, empty: 2 });
    await expect(readMessageTrees(JSON.stringify(tree), { language: 'de' })).rejects.toThrow(
      'is in "en", not in "de"',
    );
    await expect(readMessageTrees('{}')).rejects.toMatchObject({ code: 'sft/no-conversations' });
    await expect(readMessageTrees('', { paths: 'some' as 'all' })).rejects.toThrow('paths is "some"');
  });

  test('a tree that is deeper than any conversation does not end the program', async () => {
    const open = (role: string) => `{"role":"${role}","text":"x","replies":[`;
    const depth = 20_000;
    const pairs = open('prompter') + open('assistant');
    const read = await readMessageTrees(`{"prompt":${pairs.repeat(depth)}${']}'.repeat(2 * depth)}}`);
    expect(read.conversations[0]!.messages.length).toBeLessThanOrEqual(66);
  });
});
