import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { textMessage } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { readConversations } from './read-conversations.js';

const line = (value: unknown): string => JSON.stringify(value);
const good = line({
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'ho' },
  ],
});

describe('readConversations', () => {
  test('reads messages, instructions and questions', async () => {
    const text = [
      good,
      line({ id: 'x', instruction: 'Add', input: '1 and 2', output: '3' }),
      line({ instruction: 'Add', input: '', output: '3' }),
      line({ question: '12+30?', answer: 'It is <<12+30=42>>42.' }),
      line({
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: [{ type: 'text', text: 'u' }] },
          {
            role: 'assistant',
            content: [
              { type: 'tool-call', tool: 't', input: 'i' },
              { type: 'tool-output', text: 'o' },
            ],
          },
        ],
      }),
    ].join('\r\n');
    const { conversations, skipped, lines } = await readConversations(`${text}\n\n`);
    expect({ skipped, lines }).toEqual({ skipped: [], lines: 5 });
    expect(conversations[0]).toEqual({
      messages: [textMessage('user', 'hi'), textMessage('assistant', 'ho')],
    });
    expect(conversations[1]!.id).toBe('x');
    expect(conversations[1]!.messages[0]).toEqual(textMessage('user', 'Add\n\n1 and 2'));
    expect(conversations[2]!.messages[0]).toEqual(textMessage('user', 'Add'));
    expect(conversations[3]!.messages[1]!.parts).toEqual([
      { type: 'text', text: 'It is ' },
      { type: 'tool-call', tool: 'calculator', input: '12+30' },
      { type: 'tool-output', text: '42' },
      { type: 'text', text: '42.' },
    ]);
    expect(conversations[4]!.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant']);
  });

  test('counts what it cannot use, by line and reason', async () => {
    const user = { role: 'user', content: 'hi' };
    const bad = [
      ['{"messages": [', 'json'],
      ['[1]', 'form'],
      [line({ text: 'x' }), 'form'],
      [line({ messages: 'x' }), 'form'],
      [line({ messages: [{ role: 'user' }] }), 'form'],
      [line({ messages: [user, { role: 'assistant', content: [{ type: 'image' }] }] }), 'form'],
      [
        line({ messages: [user, { role: 'assistant', content: [{ type: 'tool-output', text: '1' }] }] }),
        'form',
      ],
      [line({ messages: [user, user] }), 'roles'],
      [line({ messages: [{ role: 'tool', content: 'x' }] }), 'roles'],
      [
        line({ messages: [user, { role: 'assistant', content: 'x' }, { role: 'system', content: 'x' }] }),
        'roles',
      ],
      [line({ messages: [user] }), 'empty'],
      [line({ messages: [] }), 'empty'],
      [line({ messages: [user, { role: 'assistant', content: '' }] }), 'empty'],
    ];
    const { conversations, skipped } = await readConversations([good, ...bad.map(([text]) => text!)]);
    expect(conversations.length).toBe(1);
    expect(skipped.map(({ line, reason }) => [line, reason])).toEqual(
      bad.map(([, reason], i) => [i + 2, reason]),
    );
  });

  test('strict stops at the line; nothing usable is an error', async () => {
    await expect(readConversations([good, '{'], { strict: true, name: 'chat.jsonl' })).rejects.toThrow(
      /^chat\.jsonl:2: not JSON/,
    );
    await expect(readConversations('{', { name: 'chat.jsonl' })).rejects.toMatchObject({
      code: 'sft/no-conversations',
    });
    await expect(readConversations('\n \n')).rejects.toThrow(/holds no conversations/);
  });
});

const files = [
  ['sft-instructions', 'instructions.jsonl.gz', 10_372],
  ['sft-instructions', 'oasst_en_100_threads.jsonl.gz', 626],
  ['sft-math', 'gsm8k_train.jsonl.gz', 7473],
  ['sft-sgd', 'dev.jsonl.gz', undefined],
] as const;

describe.each(files)('real file %s/%s', (folder, file, rows) => {
  const path = sharedDataPath(folder, file);
  test.skipIf(path === undefined)('every row is read or has a reason', async () => {
    const { conversations, skipped, lines } = await readConversations(
      gunzipSync(readFileSync(path!)).toString('utf8'),
    );
    if (rows !== undefined) expect(lines).toBe(rows);
    expect(conversations.length + skipped.length).toBe(lines);
    expect(conversations.length / lines).toBeGreaterThan(0.9);
    expect(skipped.filter(({ reason }) => reason === 'json')).toEqual([]);
  });
});
