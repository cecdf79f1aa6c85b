import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { type RunEvent, textMessage } from '@llm/core';
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
      origin: 'input:1',
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

  test('every reason is counted, and every field that was not used, in the result and in events', async () => {
    const events: RunEvent[] = [];
    const exchange = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'ho' },
    ];
    const thinking = [exchange[0], { ...exchange[1], reasoning_content: 'hm' }];
    const result = await readConversations(
      [
        line({ messages: exchange, tools: [1] }),
        '{',
        line({ messages: thinking }),
        good,
        line({ messages: exchange, tools: [1], mood: 'good' }),
        line({ messages: thinking }),
      ],
      { name: 'chat.jsonl', onEvent: (event) => events.push(event) },
    );
    expect(result.conversations.map(({ origin }) => origin)).toEqual(
      [1, 4, 5].map((number) => `chat.jsonl:${number}`),
    );
    expect(result.skippedByReason).toEqual({ json: 1, field: 2 });
    expect(result.ignoredFields).toEqual([
      { field: 'tools', rows: 2, line: 1 },
      { field: 'mood', rows: 1, line: 5 },
    ]);
    expect(events.map((event) => event.type === 'warning' && [event.code, event.message])).toEqual([
      [
        'sft/lines-skipped',
        expect.stringMatching(
          /^3 of 6 lines of chat\.jsonl left out: 1 json \(chat\.jsonl:2: not JSON .*\), 2 field \(chat\.jsonl:3: .*"reasoning_content".*; also chat\.jsonl:6\)\.$/,
        ),
      ],
      [
        'sft/fields-ignored',
        'Fields of chat.jsonl that were not used: "tools" in 2 rows (first in line 1), "mood" in 1 row (first in line 5).',
      ],
    ]);
    await expect(readConversations(['{', '{}', '{}'], { name: 'chat.jsonl' })).rejects.toThrow(
      /no usable conversation in 3 lines: 1 json \(line 1: .*\), 2 form \(line 2: .*; also line 3\)\.$/,
    );
    await expect(readConversations(good, { limit: Number.NaN })).rejects.toThrow('limit is NaN');
    expect((await readConversations([good, good], { limit: 1 })).lines).toBe(1);
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
    const { conversations, skipped, ignoredFields, lines } = await readConversations(
      gunzipSync(readFileSync(path!)).toString('utf8'),
    );
    if (rows !== undefined) expect(lines).toBe(rows);
    expect(conversations.length + skipped.length).toBe(lines);
    expect(conversations.length / lines).toBeGreaterThan(0.9);
    expect(ignoredFields).toEqual([]);
    expect(skipped.filter(({ reason }) => reason === 'json')).toEqual([]);
  });
});
